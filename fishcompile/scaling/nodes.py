"""Widths through nodes of a graph that are one op; a plug-in is not followed."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from fishcompile.language.graph_spec import NodeSpec, StageNode
from fishcompile.scaling.composites import composite_width
from fishcompile.scaling.network import Demand, Tie
from fishcompile.scaling.scope import Scope
from fishcompile.scaling.width import Width

_SAME = frozenset({
    "adaptive_avg_pool", "batch_norm", "dropout", "gelu", "global_avg_pool", "relu", "sigmoid",
    "silu", "upsample",
})  # fmt: skip


def node_width(node: StageNode, spec: NodeSpec, inputs: list[Width], scope: Scope) -> Width:
    """What leaves a node; what it demands is added to what was found.

    Raises UnfollowedError for a plug-in, of which nothing is known.
    """
    values, found = dict(spec.values), scope.found
    x = inputs[0]
    match spec.kind:
        case kind if kind in _SAME:
            return x
        case "flatten":
            return replace(x, flat=True)
        case "linear" | "deconv":
            width = scope.choose((*spec.path, "out"), values["out"])
            scope.keep(node.name, width)
            if spec.kind == "deconv" and width.base == x.base and len(x.parts) == 1:
                why = f"{node.name} keeps its width"
                found.ties.append(Tie(width, x, (*spec.path, "out"), why, hard=False))
            return width
        case "channel_sum":
            width = x.times(Fraction(1, values["k"]))
            found.demands.append(Demand(width, node.name, (*spec.path, "k")))
            return width
        case "channel_repeat":
            return x.times(Fraction(values["k"]))
        case "concat":
            return sum(inputs[1:], x)
        case "add" | "mul":
            at = (*spec.path, "from")
            found.ties += [_tie(x, other, at, node.name) for other in inputs[1:]]
            return x
        case kind if kind in scope.network.definitions:
            return composite_width(node.name, spec, inputs, scope)
        case _:
            raise scope.unfollowed(f"`{spec.kind}` is a plug-in")


def _tie(one: Width, other: Width, at: tuple[str | int, ...], name: str) -> Tie:
    """That two maps are added or multiplied; of flat ones, each channel counts for its pixels."""
    if one.flat or other.flat:
        one = one.times(other.base / one.base)
    return Tie(one, other, at, f"{name} joins them")
