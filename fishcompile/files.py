"""Writing a file whole or not at all, and never over what is not ours to lose."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from fishcompile.errors import UsageError


def write_atomic(path: Path, data: bytes) -> None:
    """Writes `data` to `path` by way of a file beside it. Raises UsageError where it cannot."""
    target = path.resolve()
    if not target.parent.is_dir():
        help_ = f"make it first: mkdir -p {target.parent.name}"
        raise UsageError(f"the folder of {path} does not exist", help_)
    if target.is_dir():
        raise UsageError(f"{path} is a folder", "name a file with -o")
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
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error


def refuse_existing(path: Path, what: str) -> None:
    """Raises UsageError where `path` exists: `what` says why it would be a loss."""
    if path.exists() or path.is_symlink():
        help_ = "name another file with -o, or overwrite it with --force"
        raise UsageError(f"{path} exists{what}; it is not overwritten", help_)
