"""Features: what `forward_features` gives, which are the taps where the spec has some.

Without taps they are the outputs that are maps, where there are several; else the last map on the
way to the one output: what a ResNet pools, what a U-Net scores.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from fishcompile.ir.graph import Graph, Item, Node, Scope

_SHRINKING = {"global_avg_pool", "adaptive_avg_pool"}  # to a size of their own, for a classifier


def features(graph: Graph) -> tuple[tuple[str, str], ...]:
    """The features, names with those of values; none where nothing on the way is a map."""
    if graph.taps:
        return graph.taps
    if len(graph.outputs) > 1:
        return tuple(pair for pair in graph.outputs if _is_map(graph, pair[1]))
    made = made_at_the_top(graph)
    value = graph.outputs[0][1] if graph.outputs else ""
    end = before_head(graph, made, value)
    return ((made[end].local, end),) if end != value else ()


def tapped(graph: Graph) -> Graph:
    """The graph with its features as taps, so that they keep their names."""
    return replace(graph, taps=features(graph))


def made_at_the_top(graph: Graph) -> dict[str, Item]:
    """The items at the top by the values that they give."""
    return {_value(item): item for item in graph.children[""]}


def before_head(
    graph: Graph, made: Mapping[str, Item], value: str, beside: Collection[str] = ()
) -> str:
    """The map that the last layer before an output reads; the output itself where none is.

    `made` are the items at the top. What the layer reads `beside` the map does not count.
    """
    output = value
    while value in made:
        item = made[value]
        operands = item.data if isinstance(item, Node) else item.inputs
        sources = set(operands).difference(beside)
        if len(sources) != 1:
            break
        (value,) = sources
        if value in made and _is_map(graph, value) and not _shrinks(made[value]):
            return value
    return output


def _value(item: Node | Scope) -> str:
    return item.name if isinstance(item, Node) else item.output


def _is_map(graph: Graph, value: str) -> bool:
    return len(graph.types[value].shape) == 3


def _shrinks(item: Node | Scope) -> bool:
    return isinstance(item, Node) and item.op.kind in _SHRINKING
