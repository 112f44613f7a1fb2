"""Indentation that does not hold: which line to indent by how much, tried out on the parser.

A parser reports the first line that it cannot place, which need not be the one that is wrong. Of
the likely lines and depths the first counts with which the parser gets past the place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from fishcompile.diagnostics.source import Source
from fishcompile.record import record

_NEAR = 40  # lines that are looked back on
_TRIED = 4  # each trial parses the text again


@record
class Shift:
    """A line, 1-based, the spaces that it is indented by, and those that it should be."""

    line: int
    have: int
    want: int


def shift_of(source: Source, line: int, stops_at: Callable[[str], int | None]) -> Shift | None:
    """The line to indent anew for the parser to get past `line`; None where none is likely.

    `stops_at` gives the line at which a text cannot be parsed, None where it can.
    """
    for tried, shift in enumerate(dict.fromkeys(_likely(source, line))):
        if tried == _TRIED:
            break
        stop = stops_at(shifted(source, shift))
        if stop is None or stop > line:
            return shift
    return None


def shifted(source: Source, shift: Shift) -> str:
    """The text with the line at its new depth."""
    start = source.line_starts[shift.line - 1]
    return source.text[:start] + " " * shift.want + source.text[start + shift.have :]


def _likely(source: Source, line: int) -> Iterator[Shift]:
    depth = _depth(source.line(line))
    before = list(_written(source, range(line - 1, max(0, line - _NEAR), -1)))
    after = next(_written(source, range(line + 1, line + _NEAR)), None)
    if not before:
        return
    last = before[0]
    beyond = before[1] if len(before) > 1 else None
    # the line before it has lost its indentation, and this one stands as those before that do
    if beyond and _depth(source.line(beyond)) == depth > _depth(source.line(last)):
        yield Shift(last, _depth(source.line(last)), depth)
    # it has lost it as the first entry of a section, whose others stand deeper
    opens = beyond and source.line(beyond).partition(" #")[0].rstrip().endswith(":")
    if beyond and opens and _depth(source.line(beyond)) == _depth(source.line(last)) < depth:
        yield Shift(last, _depth(source.line(last)), depth)
    # this line is deeper or less deep than its neighbours
    near = [_depth(source.line(at)) for at in (last, after, *before[1:]) if at]
    yield from (Shift(line, depth, want) for want in near if want != depth)


def _written(source: Source, lines: range) -> Iterator[int]:
    """The lines that hold more than blanks and a comment."""
    return (at for at in lines if source.line(at).strip() and source.line(at).strip()[0] != "#")


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
