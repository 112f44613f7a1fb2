"""Fixes applied to a text in one pass, everything else left as it is, and the diff they make."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import unified_diff as _unified_diff

from fishcompile.diagnostics.finding import Diagnostic, Fix, SpecError
from fishcompile.diagnostics.source import Source, Span
from fishcompile.formats._snippets import visible
from fishcompile.reader.written import written

Place = tuple[int, int]  # line and column
_LINES = re.compile(r"[^\n]*\n|[^\n]+")


def safe_fixes(diagnostics: Iterable[Diagnostic], name: str) -> list[Fix]:
    """The safe fixes of the file `name`, in its order and each once, that touch nothing shared.

    What stands under an anchor is read in several places, so an edit there, or of an alias, is
    left to the author. A fix that edits another file as well is not applied.
    """
    fixes = {
        fix: min((edit.span.line, edit.span.column) for edit in fix.edits)
        for diagnostic in diagnostics
        for fix in diagnostic.fixes
        if fix.safe and fix.edits and all(edit.span.source.name == name for edit in fix.edits)
    }
    if not fixes:
        return []
    shared = _shared(next(iter(fixes)).edits[0].span.source)
    return [
        fix
        for fix in sorted(fixes, key=lambda fix: fixes[fix])
        if not any(_touches(edit.span, shared) for edit in fix.edits)
    ]


def fixed_text(source: Source, fixes: Iterable[Fix]) -> tuple[str, tuple[Fix, ...]]:
    """The text with the fixes applied, and those that were: of two that overlap, the first."""
    starts = source.line_starts
    applied: list[Fix] = []
    edits: list[tuple[int, int, str]] = []
    for fix in fixes:
        new = [
            (
                starts[edit.span.line - 1] + edit.span.column - 1,
                starts[edit.span.end_line - 1] + edit.span.end_column - 1,
                edit.text,
            )
            for edit in fix.edits
        ]
        if not any(_overlap(one, other) for one in new for other in edits):
            edits += new
            applied.append(fix)
    pieces: list[str] = []
    done = 0
    for begin, end, text in sorted(edits):
        pieces += (source.text[done:begin], text)
        done = end
    return "".join([*pieces, source.text[done:]]), tuple(applied)


def _overlap(one: tuple[int, int, str], other: tuple[int, int, str]) -> bool:
    if one[0] == other[0]:
        return True
    return one[0] < other[1] and other[0] < one[1]


def _touches(span: Span, shared: list[tuple[Place, Place]]) -> bool:
    begin, end = (span.line, span.column), (span.end_line, span.end_column)
    return any(
        begin < last and first < (end if end > begin else (end[0], end[1] + 1))
        for first, last in shared
    )


def _shared(source: Source) -> list[tuple[Place, Place]]:
    """From where to where each alias and each anchored value stands."""
    if "&" not in source.text:
        return []
    try:
        return [(node.begin, node.end) for node in written(source) if node.anchor is not None]
    except SpecError:  # it has been read before, so this does not happen
        return [((1, 1), (len(source.lines) + 1, 1))]


def unified_diff(old: str, new: str, name: str) -> str:
    """The difference of two texts; the empty string where there is none.

    The lines are as in the texts, with their line breaks; the name is escaped.
    """
    before, after = _LINES.findall(old), _LINES.findall(new)
    shown = visible(name)
    return "".join(_marked(_unified_diff(before, after, f"a/{shown}", f"b/{shown}")))


def _marked(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line
        if not line.endswith("\n"):
            yield "\n\\ No newline at end of file\n"
