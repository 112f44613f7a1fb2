"""The examples of rules and tests: specs that say in comments what is found in them, and where.

    body2: {k: 5}  # expect: FC302 @ 13-14 "k = 5"
    # expect-next-line: FC102 @ 1-5 "written twice", FC110 @ 1-5 "unknown key"

`@ 13-14` are the columns of the primary span, counted from 1, the end exclusive, as in every
report; `@ 13-` ends on a later line. Each quoted text stands in the message or in the label;
backslash escapes work in it as in JSON. `split` takes the comments out; those that stand on a
line of their own take the line with them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from fishcompile.diagnostics.finding import Diagnostic

Example = str | Mapping[str, str]
MAIN = "spec.yaml"  # the file that is checked; a base of it has another name

_COMMENT = re.compile(r"[ ]*# expect(?P<next>-next-line)?: (?P<list>FC\d.*)$")
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


def split(example: Example) -> tuple[dict[str, str], tuple[Expected, ...]]:
    """The files of an example without the comments, and what these announce.

    Raises ValueError for a comment that is not written as above.
    """
    files = {MAIN: example} if isinstance(example, str) else dict(example)
    announced: list[Expected] = []
    plain = {name: _split(name, text, announced) for name, text in files.items()}
    return plain, tuple(announced)


def _split(name: str, text: str, announced: list[Expected]) -> str:
    lines: list[str] = []
    for line in text.split("\n"):
        found = _COMMENT.search(line)
        if found is None:
            lines.append(line)
            continue
        number = len(lines) + 1
        rest = line[: found.start()]
        if rest:
            lines.append(rest)
        if bool(rest) == bool(found["next"]):
            raise ValueError(f"`expect` ends a line, `expect-next-line` is one: {line}")
        announced += _expected(name, number, found["list"])
    return "\n".join(lines)


def _expected(name: str, line: int, written: str) -> list[Expected]:
    found: list[Expected] = []
    at = 0
    while at < len(written):
        match = _EXPECTED.match(written, at)
        if match is None:
            raise ValueError(f"not an expectation: {written[at:]}")
        rule, column, end, quoted = match.groups()
        texts = tuple(json.loads(text) for text in re.findall(r'"(?:[^"\\]|\\.)*"', quoted))
        found.append(Expected(rule, name, line, int(column), int(end) if end else None, texts))
        at = match.end()
    return found
