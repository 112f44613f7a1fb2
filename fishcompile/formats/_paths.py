"""Paths as services want them: relative to the repository, with forward slashes."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

from fishcompile.files import resolved
from fishcompile.files.questions import asked, exists


def repository_root(folder: Path) -> Path:
    """The nearest folder at or above `folder` that holds `.git`, or else `folder` itself."""
    here = resolved(folder)
    for candidate in (here, *here.parents):
        if exists(candidate / ".git"):
            return candidate
    return here


def relative_to_root(name: str, root: Path) -> str | None:
    """The path of a source from the repository's root; None where it lies outside."""
    # What is written comes before where links lead: a link in the repository is the file shown.
    asked("real", name)
    for absolute in (os.path.abspath, os.path.realpath):
        try:
            path = Path(absolute(name))
        except ValueError:  # a NUL or a surrogate, which no real file has in its name
            continue
        if path.is_relative_to(root):
            return path.relative_to(root).as_posix()
    return None


def uri(path: str) -> str:
    """A path percent-encoded: every byte but letters, digits and `/._-~`."""
    try:
        data = os.fsencode(path)
    except UnicodeEncodeError:
        data = path.encode("utf-8", "backslashreplace")
    return quote(data, safe="/")
