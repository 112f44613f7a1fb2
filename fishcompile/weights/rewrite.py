"""The state dict of a network as its spec says it, made into that of its graph after passes.

Tensors are of torch or of numpy; neither is imported here, so that a process without torch rewrites
weights as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fishcompile.passes.base import Dropped, Fold, Renamed, Rewrite, Split

# of torch.nn.BatchNorm2d, which emitted files leave as it is
_EPS = 1e-5

# what each module has, by its path
_Modules = dict[str, dict[str, Any]]


def rewritten(state: Mapping[str, Any], rewrites: Iterable[Rewrite]) -> dict[str, Any]:
    """The state dict after the passes whose `rewrites` those are, in the order of its keys.

    What no pass changed is the same tensor. The arithmetic is done in float64, and the results
    have the dtype of the weights that they replace. Raises KeyError where `state` is not that of
    the graph before the passes.
    """
    modules: _Modules = {}
    for key, value in state.items():
        path, _, name = key.rpartition(".")
        modules.setdefault(path, {})[name] = value
    for rewrite in rewrites:
        match rewrite:
            case Fold():
                _fold(modules, rewrite)
            case Split():
                modules = _split(modules, rewrite)
            case Renamed():
                new = dict(rewrite.names)
                modules = {new.get(path, path): held for path, held in modules.items()}
            case Dropped():
                del modules[rewrite.path]
    return {
        f"{path}.{name}": value for path, held in modules.items() for name, value in held.items()
    }


def _fold(modules: _Modules, fold: Fold) -> None:
    into, norm = modules[fold.into], modules.pop(fold.norm)
    names = ("weight", "bias", "running_mean", "running_var")
    scale, shift, mean, var = (_double(norm[name]) for name in names)
    scale = scale / (var + _EPS) ** 0.5
    weight, before = into["weight"], into.get("bias")
    moved = -mean if before is None else _double(before) - mean
    along = [1] * weight.ndim
    along[fold.axis] = -1
    into["weight"] = _like(weight, _double(weight) * scale.reshape(along))
    into["bias"] = _like(weight, moved * scale + shift)


def _double(value: Any) -> Any:
    return value.double() if hasattr(value, "double") else value.astype("float64")


def _like(tensor: Any, value: Any) -> Any:
    return value.to(tensor.dtype) if hasattr(value, "to") else value.astype(tensor.dtype)


def _split(modules: _Modules, split: Split) -> _Modules:
    """The modules with the parts in the place of the one that is split."""
    whole = modules[split.source]
    before = (slice(None),) * split.axis
    parts = {
        path: {
            name: value[(*before, slice(start, end))] if value.ndim > split.axis else value
            for name, value in whole.items()
            if name != "bias" or split.axis == 0 or start == 0
        }
        for path, start, end in split.parts
    }
    made: _Modules = {}
    for path, held in modules.items():
        made |= parts if path == split.source else {path: held}
    return made
