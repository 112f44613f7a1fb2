"""Snippets: one diagnostic as a person reads it, source lines and carets included.

Columns are counted as a terminal draws them, and nothing of a spec reaches it unescaped.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections import defaultdict
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

from fishcompile.record import record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fishcompile.diagnostics.finding import Diagnostic
    from fishcompile.diagnostics.source import Source, Span

_TAB = "    "
_ELLIPSIS = "..."
_MAX_STACKED = 4  # combining marks on one letter; no script needs more
_LEAST_WINDOW = 20  # narrower than this, a cut line would show nothing
# Escaped: controls, formats (bidirectional, zero-width), surrogates, unassigned, line separators,
# and spaces that look like U+0020 but are none to YAML.
_ESCAPED = frozenset({"Cc", "Cf", "Cs", "Cn", "Zl", "Zp", "Zs"})
# Drawn as nothing or as a blank, yet counted as letters or marks.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | frozenset(
    map(chr, (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
)
_STYLES = {
    "error": "\x1b[1;31m",
    "warning": "\x1b[1;33m",
    "gutter": "\x1b[1;34m",
    "bold": "\x1b[1m",
}


def render_diagnostic(diagnostic: Diagnostic, *, color: bool = False, width: int = 100) -> str:
    """One diagnostic: headline, source lines with carets, notes, help."""
    marks = [_Mark(diagnostic.span, diagnostic.label, diagnostic.severity)]
    marks += [_Mark(related.span, related.message, "gutter") for related in diagnostic.elsewhere]
    last = max((mark.span.line for mark in marks if mark.span.source.text), default=0)
    page = _Page(len(str(last)), width, color)
    headline = f"{diagnostic.severity}[{visible(diagnostic.rule)}]"
    message = page.paint(": " + visible(diagnostic.message), "bold")
    lines = [page.paint(headline, diagnostic.severity) + message]
    files: dict[Source, list[_Mark]] = defaultdict(list)
    for mark in marks:
        files[mark.span.source].append(mark)
    for source, found in files.items():
        arrow = ":::" if lines[1:] else "-->"
        lines.append(page.indent + page.paint(arrow, "gutter") + " " + visible(str(found[0].span)))
        if source.text:
            lines += page.snippet(source, found)
    if last:
        lines.append(page.bar())
    explain = f"fishcompile explain {diagnostic.rule}"
    remarks = [("note", note) for note in diagnostic.notes]
    remarks += [("help", advice) for advice in diagnostic.help]
    for kind, text in [*remarks, ("explain", explain)]:
        lines += page.remark(kind, text)
    return "\n".join(lines)


def visible(text: str) -> str:
    r"""`text` with every control, bidirectional, zero-width and separator character escaped.

    A line break is escaped too, so the result is one line: ``\x0a``, ``\u202e``.
    """
    return text if text.isascii() and text.isprintable() else "".join(map(_drawn, text))


@lru_cache(maxsize=4096)
def _drawn(character: str) -> str:
    hidden = unicodedata.category(character) in _ESCAPED and character != " "
    if not hidden and character not in _INVISIBLE:
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


@lru_cache(maxsize=4096)
def _cell(character: str) -> tuple[str, int]:
    """How a character of a source line is drawn, and how many columns that takes."""
    if character == "\t":
        return _TAB, len(_TAB)
    drawn = _drawn(character)
    if drawn != character:
        return drawn, len(drawn)
    if unicodedata.category(character) in ("Mn", "Me"):
        return drawn, 0
    return drawn, 2 if unicodedata.east_asian_width(character) in "WF" else 1


@record
class _Mark:
    """A span to draw under, what to say there, and its style."""

    span: Span
    label: str
    style: str


@record
class _Line:
    """A source line as drawn: a piece per code point, and the column at which each begins."""

    pieces: Sequence[str]
    columns: Sequence[int]  # one more than pieces: the last is the line's end

    def stretch(self, span: Span) -> tuple[int, int]:
        """The columns from where a span begins to where it ends, on its first line."""
        last = len(self.pieces)
        first = self.columns[min(span.column - 1, last)]
        end = min(span.end_column - 1, last) if span.end_line == span.line else last
        return first, self.columns[end]


@lru_cache(maxsize=8)  # a hundred findings may stand in one line of 1 MiB
def _line(text: str) -> _Line:
    if text.isascii() and text.isprintable():
        return _Line(text, range(len(text) + 1))  # a character a column
    pieces, widths, stacked = [], [], 0
    for character in text:
        piece, width = _cell(character)
        stacked = 0 if width else stacked + 1
        if stacked > _MAX_STACKED:
            piece = f"\\u{ord(character):04x}"
            width = len(piece)
        pieces.append(piece)
        widths.append(width)
    return _Line(tuple(pieces), tuple(accumulate(widths, initial=0)))


@record
class _Page:
    """The measures that all lines of one diagnostic share."""

    gutter: int
    width: int
    color: bool

    @property
    def indent(self) -> str:
        return " " * self.gutter

    def paint(self, text: str, style: str) -> str:
        return f"{_STYLES[style]}{text}\x1b[0m" if self.color and text else text

    def bar(self, sign: str = "|", number: int | None = None) -> str:
        shown = "" if number is None else str(number)
        return self.paint(f"{shown:>{self.gutter}} {sign}", "gutter")

    def remark(self, kind: str, text: str) -> Iterator[str]:
        """`= note: ...`, its further lines indented under the first."""
        first, *more = text.split("\n")
        head = f"{self.indent} = {kind}: "
        sign, word = self.paint("=", "gutter"), self.paint(kind, "bold")
        yield f"{self.indent} {sign} {word}: {visible(first)}"
        for line in more:
            yield (" " * len(head) + visible(line)).rstrip()

    def snippet(self, source: Source, marks: Iterable[_Mark]) -> Iterator[str]:
        """The marked lines of one file in order, `:` for lines left out between them."""
        by_line: dict[int, list[_Mark]] = defaultdict(list)
        for mark in sorted(marks, key=lambda mark: (mark.span.line, mark.span.column)):
            by_line[mark.span.line].append(mark)
        yield self.bar()
        previous = None
        for number, found in by_line.items():
            if previous is not None and number > previous + 1:
                yield self.bar(":")
            previous = number
            yield from self._marked_line(number, source.line(number), found)

    def _marked_line(self, number: int, text: str, marks: list[_Mark]) -> Iterator[str]:
        line = _line(text)
        room = max(self.width - self.gutter - 3, _LEAST_WINDOW)
        stretches = [line.stretch(mark.span) for mark in marks]
        together = min(first for first, _ in stretches), max(end for _, end in stretches)
        # Marks of one line share it where a window holds them all; else each has its own.
        groups = [(marks, together)]
        if line.columns[-1] > room and together[1] - together[0] > room - 2 * len(_ELLIPSIS):
            groups = [([mark], at) for mark, at in zip(marks, stretches, strict=True)]
        for group, around in groups:
            shown, shift, end = _window(line, around, room)
            yield f"{self.bar(number=number)} {shown}".rstrip()
            for mark in group:
                first, last = line.stretch(mark.span)
                carets = ("-" if mark.style == "gutter" else "^") * max(min(last, end) - first, 1)
                below = f"{carets} {visible(mark.label)}".rstrip()
                yield f"{self.bar()} {' ' * (first + shift)}{self.paint(below, mark.style)}"


def _window(line: _Line, around: tuple[int, int], room: int) -> tuple[str, int, int]:
    """The part of a line to show, by how much it is shifted, and the column where it ends."""
    whole = line.columns[-1]
    if whole <= room:
        return "".join(line.pieces), 0, whole
    inner = room - 2 * len(_ELLIPSIS)
    # Some of what stands before the span says what it belongs to.
    before = max(0, min((inner - (around[1] - around[0])) // 2, around[0]))
    start = min(around[0] - before, max(whole - inner, 0))
    first = bisect_left(line.columns, start)
    last = bisect_right(line.columns, line.columns[first] + inner) - 1
    head = _ELLIPSIS if first > 0 else ""
    tail = _ELLIPSIS if last < len(line.pieces) else ""
    shift = len(head) - line.columns[first]
    return head + "".join(line.pieces[first:last]) + tail, shift, line.columns[last] + len(tail)
