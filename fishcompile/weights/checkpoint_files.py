"""Checkpoint files: what is in them, read without running anything, and written whole.

Released FishNet checkpoints are `torch.save`d dicts that are called `.tar`.
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import safetensors.torch
import torch
from torch import Tensor

from fishcompile.diagnostics.errors import UsageError
from fishcompile.diagnostics.names import shown
from fishcompile.files import refuse_existing, write_atomic
from fishcompile.weights.checkpoint import AGAIN, Checkpoint, first_line, kind_of
from fishcompile.weights.torch_files import Unread, load, more_than_tensors

PREFIX = "module."  # what torch.nn.DataParallel puts before every key
SLACK = 256 << 20  # bytes that tensors may have beyond their file's size: tied weights, say
ENVELOPE = "state_dict"  # the entry of a training script's dict that holds the weights
# Other names that training scripts give the weights; one alone needs no name to be known.
_ENTRIES = ("model_state_dict", "model", "net", "module", "weights", "params", "network")


def read_checkpoint(path: Path) -> Checkpoint:
    """The checkpoint at `path`, of either format whatever its name. Raises UsageError."""
    kind = kind_of(path)
    content = _read_safetensors(path) if kind == "safetensors" else load(path)
    if isinstance(content, Unread):
        raise more_than_tensors(path, content.path)
    envelope, inner = _entries(content, path)
    around = content.items() if envelope and isinstance(content, dict) else ()
    beside = tuple(
        f"{shown(str(key))} ({value.path})" for key, value in around if isinstance(value, Unread)
    )
    return Checkpoint(_tensors(inner, path), kind, envelope, beside)


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


def _read_safetensors(path: Path) -> object:
    try:
        return safetensors.torch.load_file(path)
    except Exception as error:  # the file may hold anything, and so may what it raises
        raise UsageError(f"{path} is damaged or cut short: {first_line(error)}", AGAIN) from error


def _entries(content: object, path: Path) -> tuple[str, object]:
    """The dict of tensors, and the entry that it lies under. Raises UsageError for several."""
    if not isinstance(content, dict):
        return "", content
    if isinstance(content.get(ENVELOPE), dict):
        return ENVELOPE, content[ENVELOPE]
    if _has_tensors(content):
        return "", content
    inside = [str(key) for key, value in content.items() if _has_tensors(value)]
    named = [name for name in _ENTRIES if name in inside][:1] or inside
    if len(named) > 1:
        names = ", ".join(map(shown, named[:10]))
        message = f"{path} holds several dicts of tensors: {names}"
        raise UsageError(message, f"save the one that is meant under `{ENVELOPE}`")
    return (named[0], content[named[0]]) if named else ("", content)


def _has_tensors(value: object) -> bool:
    return isinstance(value, dict) and any(isinstance(item, Tensor) for item in value.values())


def _tensors(entries: object, path: Path) -> dict[str, Tensor]:
    """The entries, each a tensor of its own memory. Raises UsageError where one is none."""
    if not isinstance(entries, dict):
        kind = type(entries).__name__
        raise UsageError(f"{path} holds a {kind}, not a dict of tensors", "save a state_dict()")
    if not any(isinstance(value, Tensor) for value in entries.values()):
        names = ", ".join(shown(str(key)) for key in list(entries)[:10]) or "none"
        raise UsageError(f"{path} holds no tensors; its entries: {names}", "save a state_dict()")
    for key, value in entries.items():
        problem = _problem(key, value)
        if problem:
            name = shown(str(key))
            raise UsageError(f"{path}: the entry {name} {problem}", "remove it and save again")
    size = sum(value.numel() * value.element_size() for value in entries.values())
    if size > path.stat().st_size + SLACK:
        message = f"{path} stands for {size:,} bytes of tensors, many times its own size"
        raise UsageError(message, "save the tensors contiguous")
    # entries may be views of one tensor, or of a larger one
    whole = torch.contiguous_format
    return {key: value.detach().clone(memory_format=whole) for key, value in entries.items()}


def _problem(key: object, value: object) -> str | None:
    if not isinstance(key, str):
        return "is named by no text"
    if not isinstance(value, Tensor):
        return "is no tensor"
    plain = value.layout is torch.strided and not (value.is_quantized or value.is_meta)
    return None if plain else "is a tensor without plain values"
