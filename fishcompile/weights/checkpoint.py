"""What is known of a checkpoint without torch: its format, and its tensors with how they lay there.

A file's format is told by its first bytes.
"""

from __future__ import annotations

import re
import stat
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fishcompile.diagnostics.errors import UsageError
from fishcompile.diagnostics.names import shown
from fishcompile.files import reading
from fishcompile.record import record

AGAIN = "download or copy it again"
_DETAIL = re.compile(r"WeightsUnpickler error:\s*(.+)")


@record
class Checkpoint:
    """The tensors of a file in its order, of torch or of numpy, and how they lay in it.

    `envelope` is the entry that they lay under, `beside` names what else lay there and is no plain
    number or text. `prefix` is what was before every key and is taken off, see wrappers.py.
    """

    tensors: Mapping[str, Any]
    kind: str
    envelope: str = ""
    beside: tuple[str, ...] = ()
    prefix: str = ""


def kind_of(path: Path) -> str:
    """The format of the file at `path`, by its first bytes. Raises UsageError where it is none."""
    if path.is_dir():
        raise UsageError(f"{path} is a folder", "name the checkpoint file in it")
    with reading(path):
        if not stat.S_ISREG(path.stat().st_mode):
            raise UsageError(f"{path} is not a regular file", "copy what it gives into one")
        with path.open("rb") as file:
            head = file.read(64)
    if not head:
        raise UsageError(f"{path} is empty", AGAIN)
    if head[:2] == b"PK":
        return "torch, zip"
    if head[8:9] == b"{":
        return "safetensors"
    if head[:1] == b"\x80":  # how a pickle of protocol 2 or later begins
        return "torch, legacy pickle"
    if tarfile.is_tarfile(path):
        raise UsageError(
            f"{path} is a tar archive; FishNet's checkpoints only have the name of one",
            "unpack it, tar -xf, and name the checkpoint in it",
        )
    start = shown(head[:24].decode("latin-1"))
    raise UsageError(f"{path} is no checkpoint: it begins with {start}", AGAIN)


def first_line(error: Exception) -> str:
    """What a library says of a file, in a line."""
    detail = _DETAIL.search(str(error))
    text = detail[1] if detail else str(error).strip() or type(error).__name__
    return text.splitlines()[0][:200]
