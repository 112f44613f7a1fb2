"""Fingerprints: by what a finding is known again after the file around it has changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from fishcompile.diagnostics.finding import Diagnostic


class Fingerprint(NamedTuple):
    """A finding by its file, its rule, the text of its line, and which of the equal it is, from 1.

    Lines put in above change nothing. Findings of one rule on equal lines of a file are told apart
    by their order.
    """

    path: str
    rule: str
    line: str
    number: int


def fingerprints(
    found: Sequence[Diagnostic],
    path: Callable[[str], str] = str,
    line: Callable[[str], str] = str.strip,
) -> list[Fingerprint]:
    """A fingerprint for each finding; `path` and `line` say what counts of a name and a text."""
    seen: Counter[tuple[str, str, str]] = Counter()
    made = []
    for diagnostic in found:
        span = diagnostic.span
        key = (path(span.source.name), diagnostic.rule, line(span.source.line(span.line)))
        seen[key] += 1
        made.append(Fingerprint(*key, seen[key]))
    return made
