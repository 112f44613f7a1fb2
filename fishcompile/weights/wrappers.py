"""What wrappers of a model put before the keys of its state dict: found, and taken off."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from fishcompile.weights.checkpoint import Checkpoint

# DataParallel and its kin; training frameworks' names for the model; a detector's for its backbone
_BEFORE = ("module", "model", "backbone", "net", "encoder")
_COMPILED = "_orig_mod"  # torch.compile's, before every key, or inside where a part was compiled
_MAX_DEPTH = 8


def unwrapped(read: Checkpoint, known: Collection[str] | None = None) -> Checkpoint:
    """The checkpoint with its keys as the wrapped model has them.

    Of the words before its keys as many are taken off as bring the most of them among the `known`,
    and no more; without `known`, all that every key has. Keys that lie beside the wrapped model
    stay as they are. `prefix` says what was taken off.
    """
    tensors, compiled = _without_compiled(read.tensors)
    best, most = (tensors, ""), _count(tensors, known)
    prefix = ""
    while prefix.count(".") < _MAX_DEPTH:
        word = _wrapper(tensors, prefix)
        if word is None:
            break
        prefix += f"{word}."
        inner = _without(tensors, prefix)
        if inner is None:
            break
        count = _count(inner, known)
        whole = all(key.startswith(prefix) for key in tensors)
        if count > most or (whole and count == most == 0):
            best, most = (inner, prefix), count
    found, prefix = best
    if compiled:
        written = _as_written(read, prefix)
        prefix = written if _COMPILED in written else f"{_COMPILED}.{prefix}"
    return replace(read, tensors=found, prefix=prefix)


def _as_written(read: Checkpoint, prefix: str) -> str:
    """A prefix with torch.compile's word where it stood, if it stood there in every key."""
    first = next(iter(read.tensors))
    steps, rest = [], [step for step in prefix.split(".") if step]
    for step in first.split("."):
        if step != _COMPILED and (not rest or step != rest.pop(0)):
            break
        steps.append(step)
    written = "".join(f"{step}." for step in steps)
    return written if all(key.startswith(written) for key in read.tensors) else ""


def _wrapper(tensors: Mapping[str, Any], prefix: str) -> str | None:
    """The word of a wrapper that most keys have behind a prefix, if they have one."""
    after = (
        key.removeprefix(prefix).partition(".")[0]
        for key in tensors
        if key[: len(prefix)] == prefix
    )
    counts: dict[str, int] = {}
    for word in after:
        counts[word] = counts.get(word, 0) + 1
    return max((word for word in _BEFORE if word in counts), key=counts.__getitem__, default=None)


def _without(tensors: Mapping[str, Any], prefix: str) -> dict[str, Any] | None:
    """The tensors with a prefix taken off where it is; None where two would have one key."""
    found = {key.removeprefix(prefix): value for key, value in tensors.items()}
    return found if len(found) == len(tensors) else None


def _without_compiled(tensors: Mapping[str, Any]) -> tuple[Mapping[str, Any], bool]:
    found = {
        ".".join(step for step in key.split(".") if step != _COMPILED): value
        for key, value in tensors.items()
    }
    if found.keys() == tensors.keys() or len(found) != len(tensors):
        return tensors, False
    return found, True


def _count(keys: Collection[str], known: Collection[str] | None) -> int:
    return sum(key in known for key in keys) if known else 0
