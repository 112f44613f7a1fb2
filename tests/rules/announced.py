"""What the examples of rules announce, read from their comments, to hold findings against."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from fishcompile.diagnostics.finding import Diagnostic
from fishcompile.rules import example
from fishcompile.rules.example import Announced, Example

_EXPECTED = re.compile(r'(FC\d{3}) @ (\d+)-(\d*)((?: "(?:[^"\\]|\\.)*")*)(?:, (?=FC)|$)')


@dataclass(frozen=True)
class Expected:
    """A finding that an example announces; `end` is None where the span ends on a later line."""

    rule: str
    file: str
    line: int
    column: int
    end: int | None
    texts: tuple[str, ...]

    def matches(self, found: Diagnostic) -> bool:
        """Whether a diagnostic is the announced one."""
        span = found.span
        end = span.end_column if span.end_line == span.line else None
        place = (found.rule, span.source.name, span.line, span.column, end)
        said = f"{found.message}\n{found.label}"
        announced = (self.rule, self.file, self.line, self.column, self.end)
        return place == announced and all(text in said for text in self.texts)


def split(written: Example) -> tuple[dict[str, str], tuple[Expected, ...]]:
    """The files of an example, and its announcements. Raises ValueError where one is none."""
    files, announced = example.split(written)
    return files, tuple(found for each in announced for found in _expected(each))


def _expected(announced: Announced) -> Iterator[Expected]:
    file, line, written = announced
    at = 0
    while at < len(written):
        match = _EXPECTED.match(written, at)
        if match is None:
            raise ValueError(f"not an expectation: {written[at:]}")
        rule, column, end, quoted = match.groups()
        texts = tuple(json.loads(text) for text in re.findall(r'"(?:[^"\\]|\\.)*"', quoted))
        yield Expected(rule, file, line, int(column), int(end) if end else None, texts)
        at = match.end()
