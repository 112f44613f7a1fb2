"""What torch.save wrote, read with nothing of the file run and no more memory than its size asks.

torch's own reader of weights builds tensors, and containers of them. An object of any other library
becomes an `Unread` here: it is passed over by its name, and neither imported nor called.
"""

from __future__ import annotations

import pickletools
import re
import warnings
import zipfile
from pathlib import Path
from typing import Any, BinaryIO

import torch

from fishcompile.diagnostics.errors import UsageError
from fishcompile.weights.checkpoint import AGAIN, first_line

MAX_PICKLE = 16 << 20  # bytes of names and shapes; those of FishNet-201 take a tenth of a megabyte
MAX_STEPS = 500_000  # of a pickle that stands among its tensors, so that its size says nothing
MAX_FOREIGN = 64  # kinds of objects that are no tensors
# The messages of torch's reader: a name that it does not know, and whatever else is wrong.
_UNKNOWN = re.compile(r"Unsupported global: GLOBAL ([\w.]+\.\w+) was")
_REFUSED = re.compile(r"GLOBAL (\S+)|reduce for unrecognized function (\S+)")
_FOREIGN = re.compile(r"Can only (?:SETITEM|APPEND)|object has no attribute")
_PLAIN_PICKLE = re.compile(r"Unsupported operand|Unsupported pickle protocol|persistent_id")
_TRUSTED = "if you trust whoever made it, open it with {} and torch.save the state dict alone"


class Unread:
    """In the place of an object that is no tensor; what it was made from is dropped."""

    path = ""

    def __new__(cls, *_values: object, **_named: object) -> Unread:
        """Takes what the object would have been made from."""
        return super().__new__(cls)

    def __setstate__(self, _state: object) -> None:
        """Takes what the object would have been filled with."""


def load(path: Path) -> object:
    """What the file at `path` holds. Raises UsageError where it is damaged, or not to be read."""
    try:
        zipped = zipfile.is_zipfile(path)
        _require_whole(path) if zipped else _require_short(path)
    except UsageError:
        raise
    except Exception as error:  # the file may hold anything, and so may what it raises
        raise UsageError(f"{path} is damaged or cut short: {first_line(error)}", AGAIN) from error
    unread: list[type[Unread]] = []
    while True:
        try:
            with warnings.catch_warnings(), torch.serialization.safe_globals(_named(unread)):
                warnings.simplefilter("ignore")
                return torch.load(path, map_location="cpu", weights_only=True)
        except Exception as error:  # the same
            unknown = _UNKNOWN.search(str(error))
            if unknown is None or len(unread) == MAX_FOREIGN:
                raise _fault(path, error, unread) from error
            unread.append(type("Unread", (Unread,), {"path": unknown[1]}))


def _named(unread: list[type[Unread]]) -> list[Any]:
    return [(kind, kind.path) for kind in unread]


def _require_whole(path: Path) -> None:
    """Raises UsageError for an archive that is damaged, or that would unpack to more than it is."""
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        for entry in entries:
            if entry.compress_type != zipfile.ZIP_STORED:
                message = f"{path} is compressed inside, which torch.save never does"
                raise UsageError(message, "unpack it, and zip it again with -0")
            if entry.filename.endswith("data.pkl") and entry.file_size > MAX_PICKLE:
                message = f"{path} has {entry.file_size:,} bytes of names and shapes"
                raise UsageError(f"{message}; the limit is {MAX_PICKLE:,}", "save fewer tensors")
        if sum(entry.file_size for entry in entries) > path.stat().st_size:
            raise UsageError(f"{path} holds parts that lie over each other", AGAIN)
        broken = archive.testzip()
    if broken is not None:
        raise UsageError(f"{path} is damaged: the checksum of {broken[-60:]!r} is wrong", AGAIN)


def _require_short(path: Path) -> None:
    """Raises UsageError for a pickle with more steps than a checkpoint takes to build."""
    steps = 0
    with path.open("rb") as file:
        for _ in range(4):  # torch's number, version and platform, and then the content
            for _ in _steps(file):
                steps += 1
                if steps > MAX_STEPS:
                    message = f"{path} takes more than {MAX_STEPS:,} steps to read"
                    raise UsageError(message, "save the state dict alone")


def _steps(file: BinaryIO) -> Any:
    try:
        yield from pickletools.genops(file)
    except ValueError:
        return  # no pickle: what is wrong with it torch's reader says


def _fault(path: Path, error: Exception, unread: list[type[Unread]]) -> UsageError:
    text = str(error)
    refused = _REFUSED.search(text)
    if _PLAIN_PICKLE.search(text):
        message = (
            f"{path} is a pickle that torch.save did not write, which is not loaded, since "
            "unpickling it can run any code"
        )
        return UsageError(message, _TRUSTED.format("pickle.load"))
    if refused or (unread and _FOREIGN.search(text)):
        return more_than_tensors(path, (refused[1] or refused[2]) if refused else unread[-1].path)
    return UsageError(f"{path} is damaged or cut short: {first_line(error)}", AGAIN)


def more_than_tensors(path: Path, name: str) -> UsageError:
    """The error of a file whose tensors cannot be told from an object that is not loaded."""
    return UsageError(
        f"{path} holds more than tensors: it asks for {name}, which is not loaded, "
        "since a file that may name what is called can run any code",
        _TRUSTED.format("torch.load(FILE, weights_only=False)"),
    )
