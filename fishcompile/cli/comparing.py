"""Comparing: what `build --check` says of a file: current, missing, or stale, by whom, and how."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fishcompile.diagnostics.errors import FindingError, UsageError
from fishcompile.files import is_file
from fishcompile.formats._snippets import visible
from fishcompile.targets.python_source.stamp import digest_of, is_ours, passes_of, was_ours

if TYPE_CHECKING:
    from fishcompile.pipeline import Analysis

MOST_LINES = 20  # of a difference; who wants all of it builds and compares


def compare(text: str, output: Path, analysis: Analysis, spec: str, way_out: str) -> None:
    """Says that a file is current. Raises FindingError where it is not, after the difference."""
    if not is_file(output):
        raise FindingError(f"{output} does not exist", way_out)
    old = read_text(output)
    if old == text:
        print(f"{output} is up to date")
        return
    print(_difference(old, text, str(output)), end="")
    raise FindingError(f"{output} is stale: {_reason(old, analysis, spec)}", way_out)


def read_text(path: Path) -> str:
    """A file's text, with plain line breaks, which git may have changed. Raises UsageError."""
    try:
        return path.read_bytes().decode(errors="replace").replace("\r\n", "\n")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error


def _reason(old: str, analysis: Analysis, spec: str) -> str:
    """Whether the spec changed, or the file, or how it is made: the stamp's digests tell."""
    if not was_ours(old):
        return f"{spec} builds something else"
    if not is_ours(old):
        changed = digest_of(old) != analysis.digest
        also = f", and {spec} changed too" if changed else f"; {spec} is as it was"
        return f"it was edited since it was written{also}"
    before = passes_of(old)
    if before is not None and before != analysis.passes:
        return f"it was made with{' --passes ' + ','.join(before) if before else 'out passes'}"
    if digest_of(old) != analysis.digest:
        return f"{spec} changed since it was written, and the file did not"
    return f"another version of fishcompile wrote it; {spec} is as it was"


def _difference(old: str, new: str, name: str) -> str:
    # imported only now: a current file has none
    from fishcompile.fixing.text import unified_diff

    lines = unified_diff(old, new, name).splitlines()
    shown = [visible(line) for line in lines[:MOST_LINES]]
    more = len(lines) - len(shown)
    return "\n".join([*shown, *([f"and {more} more lines"] if more else []), ""])
