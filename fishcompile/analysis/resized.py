"""A graph at another size of its image: the types inferred anew, all else as it is."""

from __future__ import annotations

from dataclasses import replace

from fishcompile.ir.foreign import inferred
from fishcompile.ir.graph import Graph, Node, Value
from fishcompile.ops.base import Op, ShapeError
from fishcompile.ops.tensor import TensorType, feature_map


class SizeError(Exception):
    """The network does not take images of that size; `node` is the first that does not."""

    def __init__(self, node: str, error: ShapeError) -> None:
        super().__init__(f"{node}: {error.message}")
        self.node = node


def resized(graph: Graph, sides: tuple[int, int]) -> Graph:
    """The graph for images of (height, width). Raises SizeError where an op does not fit."""
    image = graph.inputs[0]
    if image.type.sides == sides:
        return graph
    types = {image.name: feature_map(image.type.channels, sides)}
    known: dict[tuple[int, tuple[TensorType, ...]], TensorType] = {}
    nodes: list[Node] = []
    for node in graph.nodes:
        inputs = tuple([types[name] for name in node.inputs])
        made = known.get((id(node.op), inputs))
        if made is None:
            made = known[id(node.op), inputs] = _inferred(node.name, node.op, inputs)
        types[node.name] = made
        nodes.append(Node(node.name, node.op, node.inputs, made, node.formulas))
    first = Value(image.name, types[image.name])
    return replace(graph, inputs=(first, *graph.inputs[1:]), nodes=tuple(nodes))


def _inferred(name: str, op: Op, inputs: tuple[TensorType, ...]) -> TensorType:
    try:
        return inferred(op, inputs)
    except ShapeError as error:
        raise SizeError(name, error) from None
