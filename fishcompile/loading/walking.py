"""Walking: the files below a folder that match a pattern, by rules that hold on every system.

Python's own globs differ between versions in what `**` means, look into hidden folders and can
be led around by links.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from fishcompile.files.questions import asked

ANY_DEPTH = "**"


def walk_files(root: Path, pattern: tuple[str, ...]) -> Iterator[Path | OSError]:
    """The entries below `root` that match the pattern, one part of it for each level.

    `**` stands for any number of levels, not as the last part. Hidden entries match only a part
    that begins with a dot itself; `**` enters no links, and a link to a folder is no match. The
    error of a folder that cannot be searched takes the place of what is in it. No order is kept.
    """
    todo = [(root, pattern)]
    while todo:
        folder, (head, *rest) = todo.pop()
        asked("folders" if head == ANY_DEPTH else "match", folder, head)
        try:
            entries = _entries(folder, hidden=head.startswith("."))
        except OSError as error:
            yield error
            continue
        if head == ANY_DEPTH:
            todo.append((folder, tuple(rest)))
            folders = (entry for entry in entries if entry.is_dir(follow_symlinks=False))
            todo += ((folder / entry.name, pattern) for entry in folders)
            continue
        for entry in entries:
            if not fnmatchcase(entry.name, head):
                continue
            if rest:
                todo.append((folder / entry.name, tuple(rest)))
            elif not (entry.is_symlink() and entry.is_dir()):
                yield folder / entry.name


def _entries(folder: Path, *, hidden: bool) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as listing:
            return [entry for entry in listing if hidden or not entry.name.startswith(".")]
    except (FileNotFoundError, NotADirectoryError):
        return []
