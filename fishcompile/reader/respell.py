"""Fixes that spell one word of a spec anew, and whether that may be done without asking.

`renamed` for a key or word that was mistyped, `rewritten` for another value. A fix is safe where
one candidate is a slip of the hand away and no other is, and never where a digit differs: in
names, digits tell stages apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from fishcompile.diagnostics.finding import Edit, Fix
from fishcompile.diagnostics.names import shown
from fishcompile.diagnostics.source import Span
from fishcompile.reader.scalars import NumberError, resolve

_MOST = 200  # names that are compared
_SHORT = 3  # shorter names are a slip away from everything
_LONG = 6  # from this length on a word may hold two slips
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
    return (
        Fix(title, (Edit(span, f"{quote}{near}{quote}"),), safe=slip(word, candidates) == near),
    )


def rewritten(span: Span, value: str, *, safe: bool = True) -> tuple[Fix, ...]:
    """The fix that puts `value` for the scalar at `span`; none for one that is not on one line."""
    if span.line != span.end_line or not span.text or span.text[0] in "*&!|>":
        return ()
    title = f"change {shown(span.text)} to {shown(value)}"
    return (Fix(title, (Edit(span, value),), safe=safe),)


def slip(word: str, candidates: Iterable[str]) -> str | None:
    """The one candidate that a slip or two would turn into `word`; None where several are near."""
    names = islice(dict.fromkeys(candidates), _MOST)
    near = {
        name: _slips(word, name)
        for name in names
        if len(name) >= _SHORT and abs(len(name) - len(word)) < min(_SHORT, len(word))
    }
    for most in (1, 2) if len(word) >= _LONG else (1,):
        close = [name for name, slips in near.items() if slips <= most]
        if close:
            return close[0] if len(close) == 1 and _digits(close[0]) == _digits(word) else None
    return None


def _text(word: str) -> bool:
    """Whether the word, unquoted, is read as that text."""
    try:
        return _PLAIN.fullmatch(word) is not None and resolve(word) == word
    except NumberError:
        return False


def _digits(word: str) -> str:
    return "".join(character for character in word if character.isdigit())


def _slips(word: str, name: str) -> int:
    """Letters added, dropped, changed or swapped with the next to make one word of the other.

    Case counts for nothing.
    """
    a, b = word.lower(), name.lower()
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        above, row = row, [i]
        for j, other in enumerate(b, 1):
            least = min(above[j] + 1, row[-1] + 1, above[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                least = min(least, before[j - 2] + 1)
            row.append(least)
        before = above
    return row[-1]
