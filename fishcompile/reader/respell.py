"""Fixes that spell one word of a spec anew, and whether that may be done without asking.

`renamed` for a key or word that was mistyped, `rewritten` for another value.
"""

from __future__ import annotations

from collections.abc import Iterable

from fishcompile.diagnostics.finding import Edit, Fix
from fishcompile.diagnostics.names import shown
from fishcompile.diagnostics.nearest import surely
from fishcompile.diagnostics.source import Span
from fishcompile.reader.write import is_plain


def renamed(span: Span, word: str, near: str, candidates: Iterable[str]) -> tuple[Fix, ...]:
    """The fix that puts `near`, one of the candidates, for `word` at `span`; none where it cannot.

    Quotes around the word stay.
    """
    written = span.text
    quote = written[:1] if written[:1] in ("'", '"') else ""
    if span.line != span.end_line or written != f"{quote}{word}{quote}" or not is_plain(near):
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
