"""The name that was probably meant; cheap however many names there are."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice

_MOST = 200  # comparing costs time, and a spec may hold thousands of names


def nearest(word: str, names: Iterable[str]) -> str | None:
    """The closest of the names to a mistyped word, None where none is close."""
    alike = (name for name in names if name != word and abs(len(name) - len(word)) <= 2)
    found = get_close_matches(word, list(islice(alike, _MOST)), 1)
    return found[0] if found else None
