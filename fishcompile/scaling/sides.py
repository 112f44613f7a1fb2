"""Sides inside blocks, as shares of those that enter: to halve them more often is no depth."""

from __future__ import annotations

from fractions import Fraction

from fishcompile.language.graph_spec import Config, NodeSpec
from fishcompile.language.spec import BlocksSpec, LayerSpec
from fishcompile.scaling.width import Width

_NONE = frozenset({"adaptive_avg_pool", "flatten", "global_avg_pool", "linear"})


def sides_after(config: Config, inputs: list[Width], width: Width) -> Fraction:
    """What leaves a node whose width is known, roundings aside; 0 for a pixel or a vector."""
    x = inputs[0].sides
    match config:
        case LayerSpec(kind="conv") | BlocksSpec():
            return x / (config.stride or 1)
        case LayerSpec():
            return x / (config.stride or config.kernel or 2)
        case NodeSpec(kind="deconv" | "upsample" as kind):
            steps = dict(config.values).get("stride" if kind == "deconv" else "factor", 2)
            return inputs[1].sides if len(inputs) > 1 else x * steps
        case NodeSpec(kind="add" | "mul"):
            return max(each.sides for each in inputs)
        case NodeSpec(kind=kind) if kind in _NONE:
            return Fraction(0)
        case _:
            return width.sides
