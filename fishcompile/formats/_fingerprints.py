"""Fingerprints: by what a finding is known again after the file around it has changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fishcompile.diagnostics.finding import Diagnostic


def fingerprints(found: Sequence[Diagnostic]) -> list[str]:
    """A fingerprint for each finding: of its rule, its line's text, and which of the equal it is.

    Lines put in above change nothing; indentation does not count. Findings of one rule on equal
    lines of a file are told apart by their order.
    """
    seen: Counter[tuple[str, str]] = Counter()
    marks = []
    for diagnostic in found:
        source = diagnostic.span.source
        text = f"{diagnostic.rule}\n{source.line(diagnostic.span.line).strip()}"
        digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        seen[source.name, digest] += 1
        marks.append(f"{digest}:{seen[source.name, digest]}")
    return marks
