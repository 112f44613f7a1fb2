"""Costs by stage, read off the primitive ops: parameters, MACs, convolutions, I-convs."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from fishcompile.analysis.isolated import isolated_convolutions
from fishcompile.ir.graph import Graph, Node
from fishcompile.ops.conv import Conv
from fishcompile.ops.deconv import ConvTranspose


@dataclass(frozen=True)
class Cost:
    """Trained parameters, multiply-accumulates per image, convolutions, I-convs among them."""

    parameters: int = 0
    macs: int = 0
    convolutions: int = 0
    isolated: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.parameters + other.parameters,
            self.macs + other.macs,
            self.convolutions + other.convolutions,
            self.isolated + other.isolated,
        )

    def __sub__(self, other: Cost) -> Cost:
        return Cost(
            self.parameters - other.parameters,
            self.macs - other.macs,
            self.convolutions - other.convolutions,
            self.isolated - other.isolated,
        )


def costs(graph: Graph) -> dict[str, Cost]:
    """The cost of each node by name."""
    isolated = isolated_convolutions(graph)
    # repeated blocks share their ops, and one op object always has the same input types
    known: dict[int, Cost] = {}
    found: dict[str, Cost] = {}
    for node in graph.nodes:
        cost = known.get(id(node.op))
        if cost is None:
            cost = known[id(node.op)] = _cost(graph, node)
        found[node.name] = cost + _ISOLATED if node.name in isolated else cost
    return found


def below(costs_: dict[str, Cost], prefix: str) -> Cost:
    """The sum over the nodes inside a scope; everything for the empty prefix."""
    total = Cost()
    for name, cost in costs_.items():
        if not prefix or name == prefix or name.startswith(prefix + "."):
            total += cost
    return total


_ISOLATED = Cost(isolated=1)


def _cost(graph: Graph, node: Node) -> Cost:
    trained = (entry.shape for entry in node.op.state() if entry.trained)
    parameters = sum(prod(shape) for shape in trained)
    inputs = tuple(graph.types[name] for name in node.inputs)
    convolves = isinstance(node.op, (Conv, ConvTranspose))
    return Cost(parameters, node.op.macs(inputs, node.type), int(convolves))
