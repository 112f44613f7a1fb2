"""Store: short texts by name in a folder of their own, which may be deleted at any time.

Nothing here is ever an error: what cannot be written is not kept, and what cannot be read, is cut
short, or is not what was written, is not there. The folder says to git and to backups that it is
not theirs. It is neither a link nor another user's, and no link in it is followed.
"""

from __future__ import annotations

import os
import re
import stat

from fishcompile.files.questions import digest

MAX_TEXT = 1 << 20
MAX_TEXTS = 500
MAX_ALL = 1 << 26

_OURS = re.compile(r"[0-9a-f]{64}\.(json|[0-9a-f]{16}\.tmp)")
_TAG = (
    "Signature: 8a477f597d28d172789f06886806bc55\n"
    "# This file marks a cache folder of fishcompile; see https://bford.info/cachedir/\n"
)
_SAFELY = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read(folder: str, name: str) -> str | None:
    """The text kept under a name, which is 64 hexadecimal digits; None where there is none."""
    try:
        if not _is_ours(folder):
            return None
        handle = os.open(_path(folder, name), os.O_RDONLY | _SAFELY)
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return None
            data = file.read(MAX_TEXT + 128)
        mark, _, text = data.partition(b"\n")
        return text.decode("ascii") if mark == digest([text]).encode() else None
    except (OSError, ValueError):
        return None


def write(folder: str, name: str, text: str) -> None:
    """Keeps an ASCII text under a name, and of the others the newest."""
    data = text.encode("ascii")
    if len(data) > MAX_TEXT:
        return
    temporary = f"{_path(folder, name)[:-5]}.{os.urandom(8).hex()}.tmp"
    try:
        if not _made(folder):
            return
        try:
            _create(temporary, digest([data]).encode() + b"\n" + data)
            os.replace(temporary, _path(folder, name))
        except OSError:
            os.unlink(temporary)
            raise
        _prune(folder)
    except (OSError, ValueError):
        return


def _path(folder: str, name: str) -> str:
    return os.path.join(folder, f"{name}.json")


def _made(folder: str) -> bool:
    try:
        os.mkdir(folder)
    except FileExistsError:
        return _is_ours(folder)
    _create(os.path.join(folder, "CACHEDIR.TAG"), _TAG.encode())
    _create(os.path.join(folder, ".gitignore"), b"*\n")
    return True


def _is_ours(folder: str) -> bool:
    status = os.lstat(folder)
    user = os.geteuid() if hasattr(os, "geteuid") else status.st_uid
    return stat.S_ISDIR(status.st_mode) and status.st_uid == user


def _create(path: str, data: bytes) -> None:
    """Writes a file that is not there yet, nor a link in its place."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _SAFELY, 0o666)
    with os.fdopen(handle, "wb") as file:
        file.write(data)


def _prune(folder: str) -> None:
    """Deletes the oldest texts where there are too many; no file that is not of this store."""
    with os.scandir(folder) as entries:
        ours = [each for each in entries if _OURS.fullmatch(each.name)]
    status = {each.name: each.stat(follow_symlinks=False) for each in ours}
    size = 0
    newest = sorted(ours, key=lambda each: status[each.name].st_mtime_ns, reverse=True)
    for at, each in enumerate(newest):
        size += status[each.name].st_size
        if at >= MAX_TEXTS or size > MAX_ALL:
            os.unlink(each.path)
