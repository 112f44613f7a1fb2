"""Writing a file whole or not at all, and never over what is not ours to lose."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fishcompile.diagnostics.errors import UsageError
from fishcompile.files.questions import asked

# how standard input is asked for as a spec, and what it is called
STDIN = "-"


def resolved(path: Path) -> Path:
    """The absolute path without links; of links in a circle, the one that was named.

    `Path.resolve` raises RuntimeError for such a circle, before Python 3.13.
    """
    asked("real", path)
    return Path(os.path.realpath(path))


def write_atomic(path: Path, data: bytes) -> None:
    """Writes `data` to `path` by way of a file beside it. Raises UsageError where it cannot."""
    import tempfile  # with what it brings a hundredth of a check, which writes nothing

    is_file(path)
    require_folder(path)
    target = resolved(path)
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{target.name[:64]}.", dir=target.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes the file private; a written file has the permissions of any other
        umask = os.umask(0)
        os.umask(umask)
        Path(temporary).chmod(0o666 & ~umask)
        Path(temporary).replace(target)
    except BaseException as error:  # an interrupt as well leaves nothing behind
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        if not isinstance(error, OSError):
            raise
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Raises UsageError where what is read of `path` inside cannot be read."""
    try:
        yield
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error


def require_folder(path: Path) -> None:
    """Raises UsageError where the folder that `path` is to stand in does not exist."""
    if not resolved(path).parent.is_dir():
        help_ = f"make it first: mkdir -p {path.parent}"
        raise UsageError(f"the folder of {path} does not exist", help_)


def is_file(path: Path) -> bool:
    """Whether `path` exists. Raises UsageError where that is no file, or cannot be known.

    A device or a pipe is refused: to replace one by a file would destroy it.
    """
    asked("kind", path)
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise UsageError(f"{path} cannot be used: {error.strerror}") from error
    if stat.S_ISDIR(mode):
        raise UsageError(f"{path} is a folder", "name a file with -o")
    if not stat.S_ISREG(mode):
        raise UsageError(f"{path} is not a regular file", "write to standard output with -o -")
    return True


def refuse_existing(path: Path, what: str) -> None:
    """Raises UsageError where `path` exists: `what` says why it would be a loss."""
    if is_file(path) or path.is_symlink():
        help_ = "name another file with -o, or overwrite it with --force"
        raise UsageError(f"{path} exists{what}; it is not overwritten", help_)
