"""Questions: what a command asks of the file system, noted so that a later run can ask it again.

    with a noting begun by `begin`, `asked` stands before every look, and takes its answer
    `noted()` has the questions with their answers, unless one is answered otherwise by now
    `unchanged(questions)` asks them again

An answer is a short text: of bytes their digest, of a folder that of its names, of what is not
there the error. It is taken before the look that it stands for, and all of them once more at the
end, so what changes in between is not taken for what was judged. Imports little: a check whose
answers are all the same imports nothing else.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatchcase

# kind, argument, path
Question = tuple[str, str, str]

MAX_QUESTIONS = 20_000
MAX_READ = 1 << 28  # bytes of all files together that are read to ask again
_MAX_FILE = (1 << 26) + 1
_GROUP = b"fishcompile.blocks"  # as schema/plugins.py has it
_INFO = (".dist-info", ".egg-info")

_noted: dict[Question, str] | None = None


def begin() -> None:
    """From here on, questions are noted."""
    global _noted
    _noted = {}


def noting() -> bool:
    """Whether questions are noted."""
    return _noted is not None


def asked(kind: str, path: str | os.PathLike[str], argument: str = "") -> None:
    """To be called before a look at `path`; the kinds are those of `_ANSWERS`."""
    if _noted is None or len(_noted) > MAX_QUESTIONS:
        return
    question = (kind, argument, os.fspath(path))
    if question not in _noted:
        _noted[question] = answer(question)


def exists(path: str | os.PathLike[str]) -> bool:
    """Whether there is anything at a path; false also for one longer than any file's."""
    asked("kind", path)
    return os.path.exists(path)


def noted() -> list[tuple[Question, str]] | None:
    """The questions and answers so far; None where they do not hold now, or are too many."""
    if _noted is None or len(_noted) > MAX_QUESTIONS or not unchanged(_noted.items()):
        return None
    return list(_noted.items())


def unchanged(questions: Iterable[tuple[Question, str]]) -> bool:
    """Whether every question has the answer that is beside it; stops at the first that has not."""
    read = 0
    for question, before in questions:
        if answer(question) != before:
            return False
        if question[0] == "bytes":
            read += int(before.partition(" ")[0]) if before[:1].isdecimal() else 0
            if read > MAX_READ:
                return False
    return True


def answer(question: Question) -> str:
    """What the file system answers now. Raises KeyError for a question of no known kind."""
    kind, argument, path = question
    ask = _ANSWERS[kind]
    try:
        return ask(path, argument)
    except (OSError, ValueError) as error:  # ValueError: a NUL in a path, no encoding for it
        return f"{type(error).__name__} {getattr(error, 'errno', None)}"


def _kind(path: str, _: str) -> str:
    """What a path leads to: a file, a folder, something else, or a link to nothing."""
    try:
        mode = os.stat(path).st_mode
    except OSError as error:
        return f"{'link' if os.path.islink(path) else 'nothing'} {error.errno}"
    return "folder" if stat.S_ISDIR(mode) else "file" if stat.S_ISREG(mode) else "other"


def _real(path: str, _: str) -> str:
    return os.path.realpath(path)


def _bytes(path: str, limit: str) -> str:
    """Size and digest of the first `limit` bytes of a regular file."""
    most = min(int(limit), _MAX_FILE)
    # without O_NONBLOCK, opening a FIFO waits for a writer
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(path, flags)
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            return f"no file {stat.S_IFMT(status.st_mode)}"
        with open(handle, "rb", closefd=False) as file:
            return f"{status.st_size} {digest([file.read(most)])}"
    finally:
        os.close(handle)


def _match(folder: str, pattern: str) -> str:
    """The entries of a folder that match a pattern, and which of them are folders and links."""
    hidden = pattern.startswith(".")
    with os.scandir(folder or ".") as entries:
        found = [
            f"{each.is_dir(follow_symlinks=False):d}{each.is_symlink():d}{each.is_dir():d}"
            f"{each.name}"
            for each in entries
            if (hidden or not each.name.startswith(".")) and fnmatchcase(each.name, pattern)
        ]
    return digest(os.fsencode(name) for name in sorted(found))


def _folders(folder: str, _: str) -> str:
    """The folders in a folder, without hidden ones and links."""
    with os.scandir(folder or ".") as entries:
        found = [
            each.name
            for each in entries
            if not each.name.startswith(".") and each.is_dir(follow_symlinks=False)
        ]
    return digest(os.fsencode(name) for name in sorted(found))


def _plugins(_path: str, _: str) -> str:
    """What installed packages offer as entry points, read as importlib.metadata finds it."""
    found = (each for each in _entry_points() if _GROUP in each[1])
    return digest(os.fsencode(info) + b"\0" + text for info, text in found)


def _entry_points() -> Iterator[tuple[str, bytes]]:
    for folder, info in packages():
        try:
            with open(os.path.join(folder, info, "entry_points.txt"), "rb") as file:
                yield info, file.read(1 << 20)
        except OSError:
            continue


def packages() -> Iterator[tuple[str, str]]:
    """The folder and the name of what describes each package that is installed."""
    for folder in sys.path:
        try:
            names = os.listdir(folder or ".")
        except OSError:
            continue
        yield from ((folder, name) for name in sorted(names) if name.endswith(_INFO))


def digest(parts: Iterable[bytes]) -> str:
    """SHA-256 of parts, each with its length before it."""
    import hashlib  # only for who notes or asks again

    made = hashlib.sha256()
    for part in parts:
        made.update(b"%d:" % len(part))
        made.update(part)
    return made.hexdigest()


_ANSWERS: dict[str, Callable[[str, str], str]] = {
    "kind": _kind,
    "real": _real,
    "bytes": _bytes,
    "match": _match,
    "folders": _folders,
    "plugins": _plugins,
}
