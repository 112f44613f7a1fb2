"""Fixes that spell one word of a spec anew, and whether that may be done without asking.

`renamed` for a key or word that was mistyped, `rewritten` for another value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from fishcompile.diagnostics.finding import Edit, Fix
from fishcompile.diagnostics.names import shown
from fishcompile.diagnostics.nearest import surely
from fishcompile.diagnostics.source import Span
from fishcompile.reader.scalars import NumberError, resolve

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


def renamed(span: Span, word: str, near: str, candidates: Iterable[str]) -> tuple[Fix, ...]:
    """The fix that puts `near`, one of the candidates, for `word` at `span`; none where it cannot.

    Quotes around the word stay.
    """
    written = span.text
    quote = written[:1] if written[:1] in ("'", '"') else ""
    if span.line != span.end_line or written != f"{quote}{word}{quote}" or not _text(near):
        return ()
    title = f"change {shown(word)} to {shown(near)}"
    sure = surely(word, candidates) == near
    return (Fix(title, (Edit(span, f"{quote}{near}{quote}"),), safe=sure),)


def rewritten(span: Span, value: str, *, safe: bool = True) -> tuple[Fix, ...]:
    """The fix that puts `value` for the scalar at `span`; none for one that is not on one line."""
    if span.line != span.end_line or not span.text or span.text[0] in "*&!|>":
        return ()
    title = f"change {shown(span.text)} to {shown(value)}"
    return (Fix(title, (Edit(span, value),), safe=safe),)


def _text(word: str) -> bool:
    """Whether the word, unquoted, is read as that text."""
    try:
        return _PLAIN.fullmatch(word) is not None and resolve(word) == word
    except NumberError:
        return False
