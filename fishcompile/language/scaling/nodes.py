"""Widths through nodes of a graph that are one op; a block of the spec's own is not followed."""

from __future__ import annotations

from fractions import Fraction

from fishcompile.language.graph_spec import NodeSpec, StageNode
from fishcompile.language.scaling.network import Demand, Tie, UnfollowedError, Widths
from fishcompile.language.scaling.width import Width

_SAME = frozenset({
    "adaptive_avg_pool", "batch_norm", "dropout", "flatten", "gelu", "global_avg_pool", "relu",
    "sigmoid", "silu", "upsample",
})  # fmt: skip


def node_width(node: StageNode, spec: NodeSpec, inputs: list[Width], found: Widths) -> Width:
    """What leaves a node; what it demands is added to `found`.

    A linear layer's features are classes, or stand before classes, and are not scaled.
    Raises UnfollowedError for a kind that is not built in.
    """
    values = dict(spec.values)
    x = inputs[0]
    match spec.kind:
        case kind if kind in _SAME:
            return x
        case "linear":
            return Width(Fraction(values["out"]), fixed=Fraction(values["out"]))
        case "deconv":
            width = found.choose((*spec.path, "out"), values["out"])
            found.kept.append((node.name, width))
            return width
        case "channel_sum":
            width = x.times(Fraction(1, values["k"]))
            found.demands.append(Demand(width, node.name, (*spec.path, "k")))
            return width
        case "channel_repeat":
            return x.times(Fraction(values["k"]))
        case "concat":
            for other in inputs[1:]:
                x += other
            return x
        case "add" | "mul":
            why = f"{node.name} joins them"
            found.ties += [Tie(x, other, (*spec.path, "from"), why) for other in inputs[1:]]
            return x
        case _:
            raise UnfollowedError(node)
