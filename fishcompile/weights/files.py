"""Checkpoint files: what is in them, read without running anything, and written whole.

A file's kind is told by its first bytes. Released FishNet checkpoints are `torch.save`d dicts that
are called `.tar`.
"""

from __future__ import annotations

import re
import tarfile
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import safetensors.torch
import torch
from torch import Tensor

from fishcompile.diagnostics.errors import UsageError
from fishcompile.diagnostics.names import shown
from fishcompile.files import refuse_existing, write_atomic

PREFIX = "module."  # what torch.nn.DataParallel puts before every key
ENVELOPE = "state_dict"  # the entry of a training script's dict that holds the weights
_AGAIN = "download or copy it again"
# The messages of torch's unpickler: a name that it will not load, and whatever else is wrong.
_REFUSED = re.compile(r"GLOBAL (\S+)")
_PLAIN_PICKLE = re.compile(r"Unsupported operand|Unsupported pickle protocol|persistent_id")
_TRUSTED = "if you trust whoever made it, open it with {} and torch.save the state dict alone"
_DETAIL = re.compile(r"WeightsUnpickler error:\s*(.+)")


@dataclass(frozen=True)
class Checkpoint:
    """The tensors of a file in its order, and how they lay in it.

    `prefixed`: every key began with `module.`, which is taken off; where only some do, all stay
    as they are, since then the word is no wrapper's. `enveloped`: under the key `state_dict`.
    """

    tensors: Mapping[str, Tensor]
    kind: str
    prefixed: bool = False
    enveloped: bool = False


def read_checkpoint(path: Path) -> Checkpoint:
    """The checkpoint at `path`, of either format whatever its name. Raises UsageError."""
    kind = _kind(path)
    content = _read_safetensors(path) if kind == "safetensors" else _read_torch(path)
    inner = content.get(ENVELOPE) if isinstance(content, dict) else None
    enveloped = isinstance(inner, dict)
    tensors = _tensors(inner if enveloped else content, path)
    prefixed = all(key.startswith(PREFIX) for key in tensors)
    if prefixed:
        tensors = {key.removeprefix(PREFIX): value for key, value in tensors.items()}
    return Checkpoint(tensors, kind, prefixed, enveloped)


def write_safetensors(path: Path, tensors: Mapping[str, Tensor], *, force: bool = False) -> None:
    """Writes `tensors` as a .safetensors file; over an existing file only with `force`.

    Its metadata is the one entry that readers of it ask for: with more than one, the order, and
    so the bytes, would change from run to run.
    """
    _write(path, safetensors.torch.save(dict(tensors), {"format": "pt"}), force=force)


def write_torch(
    path: Path, tensors: Mapping[str, Tensor], *, wrapped: bool = False, force: bool = False
) -> None:
    """Writes `tensors` with torch.save; over an existing file only with `force`.

    `wrapped`: as released checkpoints are, under `state_dict` and with `module.` before each key.
    """
    content: dict[str, object] = dict(tensors)
    if wrapped:
        content = {ENVELOPE: {PREFIX + key: value for key, value in tensors.items()}}
    # a buffer: given a path, torch.save would write the path's name into the file
    buffer = BytesIO()
    torch.save(content, buffer)
    _write(path, buffer.getvalue(), force=force)


def _write(path: Path, data: bytes, *, force: bool) -> None:
    if not force:
        refuse_existing(path, "")
    write_atomic(path, data)


def _kind(path: Path) -> str:
    if path.is_dir():
        raise UsageError(f"{path} is a folder", "name the checkpoint file in it")
    try:
        with path.open("rb") as file:
            head = file.read(64)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    if not head:
        raise UsageError(f"{path} is empty", _AGAIN)
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
    raise UsageError(f"{path} is no checkpoint: it begins with {start}", _AGAIN)


def _read_safetensors(path: Path) -> object:
    try:
        return safetensors.torch.load_file(path)
    except Exception as error:  # the file may hold anything, and so may what it raises
        raise UsageError(f"{path} is damaged or cut short: {_first_line(error)}", _AGAIN) from error


def _read_torch(path: Path) -> object:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # the file may hold anything, and so may what it raises
        refused = _REFUSED.search(str(error))
        if _PLAIN_PICKLE.search(str(error)):
            raise UsageError(
                f"{path} is a pickle that torch.save did not write, which is not loaded, since "
                "unpickling it can run any code",
                _TRUSTED.format("pickle.load"),
            ) from error
        if refused is None:
            message = f"{path} is damaged or cut short: {_first_line(error)}"
            raise UsageError(message, _AGAIN) from error
        raise UsageError(
            f"{path} holds more than tensors: it asks for {refused[1]}, which is not loaded, "
            "since a file that may name what is called can run any code",
            _TRUSTED.format("torch.load(FILE, weights_only=False)"),
        ) from error


def _tensors(entries: object, path: Path) -> dict[str, Tensor]:
    """The entries, each a tensor of its own memory. Raises UsageError where one is none."""
    if not isinstance(entries, dict):
        kind = type(entries).__name__
        raise UsageError(f"{path} holds a {kind}, not a dict of tensors", "save a state_dict()")
    if not any(isinstance(value, Tensor) for value in entries.values()):
        names = ", ".join(shown(str(key)) for key in list(entries)[:10]) or "none"
        raise UsageError(f"{path} holds no tensors; its entries: {names}", "save a state_dict()")
    found: dict[str, Tensor] = {}
    for key, value in entries.items():
        problem = _problem(key, value)
        if problem:
            name = shown(str(key))
            raise UsageError(f"{path}: the entry {name} {problem}", "remove it and save again")
        # entries may be views of one tensor, or of a larger one
        found[key] = value.detach().clone(memory_format=torch.contiguous_format)
    return found


def _problem(key: object, value: object) -> str | None:
    if not isinstance(key, str):
        return "is named by no text"
    if not isinstance(value, Tensor):
        return "is no tensor"
    plain = value.layout is torch.strided and not (value.is_quantized or value.is_meta)
    return None if plain else "is a tensor without plain values"


def _first_line(error: Exception) -> str:
    detail = _DETAIL.search(str(error))
    text = detail[1] if detail else str(error).strip() or type(error).__name__
    return text.splitlines()[0][:200]
