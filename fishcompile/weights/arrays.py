"""A checkpoint as numpy arrays under the keys of a spec; of a .safetensors file without torch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fishcompile.diagnostics.errors import UsageError
from fishcompile.diagnostics.names import shown
from fishcompile.ir.graph import Graph
from fishcompile.language.stage_graph import StageGraph
from fishcompile.weights.checkpoint import AGAIN, Checkpoint, first_line, kind_of
from fishcompile.weights.convert import keys_of, known_keys, recognise
from fishcompile.weights.fit import require_fit
from fishcompile.weights.rewrite import rewritten
from fishcompile.weights.wrappers import unwrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fishcompile.passes.base import Rewrite

Array = NDArray[Any]

_TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4"}


def arrays_of(
    path: Path, graph: Graph, stages: StageGraph, rewrites: Sequence[Rewrite] = ()
) -> dict[str, Array]:
    """The tensors of the checkpoint at `path` by the keys of a spec's graph, or after its passes.

    `graph` is that before them. Whatever layout the file has is recognised, keys and shapes are
    those of the spec; counters of batches may be missing. Raises FindingError where it does not
    fit, UsageError where it cannot be read, or needs torch that is not installed.
    """
    whole = _read(path)
    read = unwrapped(whole, known_keys(graph, stages))
    layout = recognise(read.tensors, graph, stages)
    source, state = keys_of(layout, graph, stages), graph.state()
    require_fit(
        {key: tuple(array.shape) for key, array in read.tensors.items()},
        {key: state[ours][0] for ours, key in source.items()},
        graph,
        stages,
        layout,
    )
    found = {ours: read.tensors[key] for ours, key in source.items() if key in read.tensors}
    return rewritten(found, rewrites)


def _read(path: Path) -> Checkpoint:
    kind = kind_of(path)
    if kind == "safetensors":
        return Checkpoint(_safetensors(path), kind)
    _require_torch(f"reading {path}, a file of torch.save,")
    from fishcompile.weights.checkpoint_files import read_checkpoint

    read = read_checkpoint(path)
    return Checkpoint({key: _array(tensor) for key, tensor in read.tensors.items()}, kind)


def _safetensors(path: Path) -> dict[str, Array]:
    try:
        from safetensors import deserialize
    except ModuleNotFoundError:
        way_out = "pip install 'fishcompile[onnx]'"
        raise UsageError(f"reading {path} needs safetensors", way_out) from None
    try:
        entries = deserialize(path.read_bytes())  # type: ignore[no-untyped-call]
    except Exception as error:  # the file may hold anything, and so may what it raises
        raise UsageError(f"{path} is damaged or cut short: {first_line(error)}", AGAIN) from error
    if not entries:
        raise UsageError(f"{path} holds no tensors", "save a state_dict()")
    return {key: _decoded(path, key, entry) for key, entry in entries}


def _decoded(path: Path, key: str, entry: Any) -> Array:
    kind, shape = entry["dtype"], entry["shape"]
    if kind == "BF16":
        # the upper half of a float32
        halves = np.frombuffer(entry["data"], "<u2").astype("<u4") << 16
        return halves.view("<f4").reshape(shape)
    if kind not in _TYPES:
        message = f"{path}: the entry {shown(key)} is of the type {shown(str(kind))}"
        raise UsageError(message, "save it as float32")
    return np.frombuffer(entry["data"], _TYPES[kind]).reshape(shape)


def _array(tensor: Any) -> Array:
    """A tensor of torch as an array; numpy has no bfloat16."""
    array: Array = (tensor.float() if tensor.is_floating_point() else tensor).numpy()
    return array


def _require_torch(what: str) -> None:
    try:
        import torch  # noqa: F401
    except ModuleNotFoundError:
        raise UsageError(f"{what} needs torch", "pip install 'fishcompile[torch]'") from None
