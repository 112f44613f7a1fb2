"""The state dict of a network as its spec says it, made into that of its graph after passes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor

from fishcompile.passes.base import Dropped, Fold, Renamed, Rewrite, Split

# of torch.nn.BatchNorm2d, which emitted files leave as it is
_EPS = 1e-5

# what each module has, by its path
_Modules = dict[str, dict[str, Tensor]]


def rewritten(state: Mapping[str, Tensor], rewrites: Iterable[Rewrite]) -> dict[str, Tensor]:
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
    scale, shift, mean, var = (norm[name].double() for name in names)
    scale = scale / torch.sqrt(var + _EPS)
    weight, before = into["weight"], into.get("bias")
    moved = -mean if before is None else before.double() - mean
    along = [1] * weight.dim()
    along[fold.axis] = -1
    into["weight"] = (weight.double() * scale.view(along)).to(weight.dtype)
    into["bias"] = (moved * scale + shift).to(weight.dtype)


def _split(modules: _Modules, split: Split) -> _Modules:
    """The modules with the parts in the place of the one that is split."""
    whole = modules[split.source]
    parts = {
        path: {
            name: value.narrow(split.axis, start, end - start)
            if value.dim() > split.axis
            else value
            for name, value in whole.items()
            if name != "bias" or split.axis == 0 or start == 0
        }
        for path, start, end in split.parts
    }
    made: _Modules = {}
    for path, held in modules.items():
        made |= parts if path == split.source else {path: held}
    return made
