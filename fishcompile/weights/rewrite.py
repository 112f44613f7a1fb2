"""The state dict of a network as its spec says it, made into that of its graph after passes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor

from fishcompile.passes.base import Fold, Rewrite

# of torch.nn.BatchNorm2d, which emitted files leave as it is
_EPS = 1e-5


def rewritten(state: Mapping[str, Tensor], rewrites: Iterable[Rewrite]) -> dict[str, Tensor]:
    """The state dict after the passes whose `rewrites` those are, in the order of its keys.

    What no pass changed is the same tensor. The arithmetic is done in float64, and the results
    have the dtype of the weights that they replace. Raises KeyError where `state` is not that of
    the graph before the passes.
    """
    made = dict(state)
    for rewrite in rewrites:
        _fold(made, rewrite)
    # a bias that came in goes behind its weight, where a module has it
    order: dict[str, None] = {}
    for key in (*state, *made):
        if key in made:
            order[key] = None
            bias = f"{key.removesuffix('.weight')}.bias"
            if bias in made and key.endswith(".weight"):
                order[bias] = None
    return {key: made[key] for key in order}


def _fold(made: dict[str, Tensor], fold: Fold) -> None:
    weight = made[f"{fold.into}.weight"]
    scale, shift, mean, var = (
        made.pop(f"{fold.norm}.{name}").double()
        for name in ("weight", "bias", "running_mean", "running_var")
    )
    made.pop(f"{fold.norm}.num_batches_tracked", None)
    scale = scale / torch.sqrt(var + _EPS)
    before = made.get(f"{fold.into}.bias")
    moved = -mean if before is None else before.double() - mean
    along = [1] * weight.dim()
    along[fold.axis] = -1
    made[f"{fold.into}.weight"] = (weight.double() * scale.view(along)).to(weight.dtype)
    made[f"{fold.into}.bias"] = (moved * scale + shift).to(weight.dtype)
