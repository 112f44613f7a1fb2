"""Revisions: the files of a spec as they were in a commit of the repository that it lies in."""

from __future__ import annotations

import subprocess
from pathlib import Path

from fishcompile.diagnostics.errors import UsageError
from fishcompile.diagnostics.finding import Diagnostic, fail
from fishcompile.diagnostics.names import shown
from fishcompile.diagnostics.source import Source, start_of
from fishcompile.files import resolved
from fishcompile.loading.reach import Reader
from fishcompile.reader.read import MAX_BYTES, UnreadableError, read_bytes
from fishcompile.reader.tree import Tree


def at_revision(revision: str, path: Path) -> Reader:
    """A reader of files as they were at a revision of git, in the repository around `path`.

    Raises UsageError where there is no repository, no such revision, or no git.
    """
    folder = next((each for each in resolved(path).parents if each.is_dir()), Path())
    top = Path(_git(folder, "rev-parse", "--show-toplevel").decode().rstrip("\n")).resolve()
    # the commit itself, so that nothing of a name is left for git to read as an option
    commit = _git(folder, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    return _Revision(revision, top, commit.decode().strip())


class _Revision:
    def __init__(self, revision: str, top: Path, commit: str) -> None:
        self._revision, self._top, self._commit = revision, top, commit

    def __call__(self, path: Path, name: str) -> Tree:
        """The tree of a file, which diagnostics call after the revision."""
        called = f"{self._revision}:{name}"
        place = resolved(path)
        if not place.is_relative_to(self._top):
            raise _unreadable(called, "it lies outside the repository")
        entry = f"{self._commit}:{place.relative_to(self._top).as_posix()}"
        try:
            if int(_git(self._top, "cat-file", "-s", entry)) > MAX_BYTES:
                raise _unreadable(called, "it is larger than 1 MiB")
            return read_bytes(_git(self._top, "cat-file", "blob", entry), called)
        except UsageError:
            raise _unreadable(called, "the revision has no such file") from None


def _unreadable(name: str, why: str) -> UnreadableError:
    message = f"the file cannot be read: {why}"
    return UnreadableError(fail(Diagnostic("FC100", message, start_of(Source(name, "")))).report)


def _git(folder: Path, *words: str) -> bytes:
    """What git says. Raises UsageError where it fails."""
    try:
        done = subprocess.run(  # noqa: S603 - fixed words, and a commit or path behind its option
            ["git", "-C", str(folder), *words],  # noqa: S607
            capture_output=True,
            check=False,
        )
    except OSError:
        raise UsageError("git cannot be run", "install it, or name two files") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        raise UsageError(f"git: {shown(said, 200)}", "name a commit as REV:path, or a file")
    return done.stdout
