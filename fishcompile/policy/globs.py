"""Globs of `per-file-ignores`: `*` and `?` within a name, `**` for any number of folders."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path

from fishcompile.files import resolved


def matches(file: str, glob: str, folder: Path) -> bool:
    """Whether `file` lies under `folder` and fits `glob`; one without `/` fits in any folder."""
    try:
        parts = resolved(Path(file)).relative_to(resolved(folder)).parts
    except (ValueError, OSError):  # elsewhere, or no possible path
        return False
    pattern = glob.strip("/").split("/")
    return _fits(parts, ["**", *pattern] if "/" not in glob else pattern)


def _fits(parts: tuple[str, ...], pattern: list[str]) -> bool:
    """Follows all positions in the pattern at once, so no pattern takes long."""
    reached = _skip(pattern, {0})
    for part in parts:
        after = {at for at in reached if at < len(pattern) and pattern[at] == "**"}
        after |= {at + 1 for at in reached if at < len(pattern) and fnmatchcase(part, pattern[at])}
        reached = _skip(pattern, after)
    return len(pattern) in reached


def _skip(pattern: list[str], positions: set[int]) -> set[int]:
    """With the positions after each `**`, which may stand for no folder at all."""
    found = set(positions)
    for at in range(len(pattern)):
        if at in found and pattern[at] == "**":
            found.add(at + 1)
    return found
