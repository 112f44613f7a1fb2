"""Source and Span: a text and a place in it, the ground every diagnostic stands on.

Lines and columns are 1-based and count Unicode code points; a span's end is exclusive.
"""

from __future__ import annotations

import re
from dataclasses import field
from functools import cached_property
from typing import NamedTuple

from fishcompile.record import record

STDIN_NAME = "<stdin>"  # what diagnostics call standard input

_LINE_BREAK = re.compile(r"\r\n|\r|\n")


@record
class Source:
    """One file's text, without a byte-order mark.

    `name` is what diagnostics print: the path as the user gave it, or relative to that.
    """

    name: str
    text: str = field(repr=False)

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines of the text without their line breaks, by YAML 1.2's three breaks."""
        return tuple(_LINE_BREAK.split(self.text))

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """The offset in the text at which each line begins."""
        return (0, *(found.end() for found in _LINE_BREAK.finditer(self.text)))

    @property
    def line_break(self) -> str:
        """The first line break of the text, which stands for all of them."""
        found = _LINE_BREAK.search(self.text)
        return found[0] if found else "\n"

    def line(self, number: int) -> str:
        """Line `number` (1-based), or the empty string past the end."""
        return self.lines[number - 1] if 1 <= number <= len(self.lines) else ""


class Span(NamedTuple):
    """A stretch of a source from (line, column) to (end_line, end_column), end exclusive."""

    source: Source
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.source.name}:{self.line}:{self.column}"

    @property
    def text(self) -> str:
        """What the span covers on its first line."""
        line = self.source.line(self.line)
        end = self.end_column - 1 if self.end_line == self.line else len(line)
        return line[self.column - 1 : end]


def start_of(source: Source) -> Span:
    """The place to point at when a finding is about the file as a whole."""
    return Span(source, 1, 1, 1, 1)
