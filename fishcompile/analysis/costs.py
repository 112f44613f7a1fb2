"""Costs by stage, read off the primitive ops: parameters, MACs, convolutions, I-convs."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from math import prod

from fishcompile.analysis.isolated import isolated_convolutions
from fishcompile.ir.graph import Graph
from fishcompile.ops.base import Op
from fishcompile.ops.conv import Conv
from fishcompile.ops.deconv import ConvTranspose
from fishcompile.ops.tensor import TensorType
from fishcompile.record import record


@record
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
    # repeated blocks share their ops and types, as objects
    known: dict[tuple[int, int], Cost] = {}
    types = graph.types
    found: dict[str, Cost] = {}
    for node in graph.nodes:
        both = id(node.op), id(node.type)
        cost = known.get(both)
        if cost is None:
            inputs = tuple([types[name] for name in node.inputs])
            cost = known[both] = _cost(node.op, inputs, node.type)
        found[node.name] = cost + _ISOLATED if node.name in isolated else cost
    return found


def below(costs_: dict[str, Cost], prefix: str) -> Cost:
    """The sum over the nodes inside a scope; everything for the empty prefix."""
    return total(
        cost
        for name, cost in costs_.items()
        if not prefix or name == prefix or name.startswith(prefix + ".")
    )


def total(inside: Iterable[Cost]) -> Cost:
    """The sum of costs."""
    inside = list(inside)
    return Cost(
        sum([cost.parameters for cost in inside]),
        sum([cost.macs for cost in inside]),
        sum([cost.convolutions for cost in inside]),
        sum([cost.isolated for cost in inside]),
    )


_ISOLATED = Cost(isolated=1)


@lru_cache(4096)  # an editor or a sweep asks for the same ones again
def _cost(op: Op, inputs: tuple[TensorType, ...], output: TensorType) -> Cost:
    trained = (entry.shape for entry in op.state() if entry.trained)
    parameters = sum(prod(shape) for shape in trained)
    convolves = isinstance(op, (Conv, ConvTranspose))
    return Cost(parameters, op.macs(inputs, output), int(convolves))
