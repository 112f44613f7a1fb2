"""Comments of a spec that speak to fishcompile, found without mistaking text for a comment."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fishcompile.diagnostics.finding import SpecError
from fishcompile.diagnostics.source import Source, Span
from fishcompile.reader.written import written

# With or without the colon: who forgets it should be told, not be ignored.
_MARKER = re.compile(r"#[ \t]*fishcompile(?:[ \t]*:|[ \t]+ignore\b)", re.IGNORECASE)


def marked_comments(source: Source) -> list[Span]:
    """From its `#` on, every comment or part of one that begins `# fishcompile:`.

    A text that is not YAML has none. Only texts that hold such a marker are parsed.
    """
    if _MARKER.search(source.text) is None:
        return []
    marked = {
        number: [found.start() for found in _MARKER.finditer(line)]
        for number, line in enumerate(source.lines, 1)
        if _MARKER.search(line)
    }
    try:
        inside = _covered(source, set(marked))
    except SpecError:
        return []
    starts = {
        number: _comment_start(source.line(number), inside.get(number, [])) for number in marked
    }
    return [
        Span(source, number, at + 1, number, len(source.line(number)) + 1)
        for number, places in marked.items()
        for at in places
        if at >= starts[number]
    ]


def _comment_start(line: str, scalars: list[tuple[int, int]]) -> int:
    """Where the line's comment begins, 0-based; its length where it has none."""
    passed = 0
    for found in re.finditer("#", line):
        at = found.start()
        while passed < len(scalars) and scalars[passed][1] <= at:
            passed += 1
        outside = passed == len(scalars) or at < scalars[passed][0]
        if outside and (at == 0 or line[at - 1] in " \t"):
            return at
    return len(line)


def _covered(source: Source, wanted: set[int]) -> dict[int, list[tuple[int, int]]]:
    """For each wanted line the stretches (from, to) of it, 0-based, that scalars cover."""
    found: dict[int, list[tuple[int, int]]] = {}
    for line, first, end_line, end in _scalars(source):
        for number in wanted.intersection(range(line, end_line + 1)):
            stretch = (
                first if number == line else 0,
                end if number == end_line else len(source.line(number)),
            )
            found.setdefault(number, []).append(stretch)
    return found


def _scalars(source: Source) -> Iterator[tuple[int, int, int, int]]:
    """Line, column, last line and end of every scalar; columns are 0-based, lines 1-based."""
    for node in written(source):
        (line, column), (end_line, end) = node.begin, node.end
        if node.style in ("|", ">"):  # the line with the `|` may end in a comment
            line, column = line + 1, 1
        if node.is_scalar and line <= end_line:
            yield line, column - 1, end_line, end - 1
