"""Figures: all that is counted of a network at a size, a batch and a dtype, each when asked for.

`figures` is for sweeps, reports and comparisons: no torch, and nothing counted that nobody reads.
What each figure counts, exactly, is in docs/costs.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Literal

from fishcompile.analysis.activations import activations, traffic
from fishcompile.analysis.costs import Cost, below, costs, total
from fishcompile.analysis.memory import Memory
from fishcompile.analysis.receptive_field import receptive_fields
from fishcompile.analysis.resized import resized
from fishcompile.analysis.schedule import Schedule, schedule
from fishcompile.analysis.strides import strides
from fishcompile.ir.graph import SEQUENTIAL, Graph, Item, Node
from fishcompile.record import record

# Bytes of a number.
DTYPES = {"float32": 4, "bfloat16": 2, "float16": 2, "float64": 8}
Level = Literal["stage", "block", "op"]


@record
class Row:
    """A stage, a block or an op. Costs and activations are for one image, bytes for the batch.

    `traffic` is what its ops move, `saved` what autograd keeps of them, `memory` the most that is
    alive while they run in evaluation, weights and buffers apart. `value` is what it gives.
    """

    name: str
    kind: str
    value: str
    cost: Cost
    activations: int
    traffic: int
    saved: int
    memory: int


@record
class Figures:
    """What is counted of a graph, for a batch of images, each number of `width` bytes.

    The `graph` may be `origin` at another size.
    """

    graph: Graph
    origin: Graph
    batch: int
    dtype: str

    @property
    def width(self) -> int:
        """Bytes of a number."""
        return DTYPES[self.dtype]

    @cached_property
    def costs(self) -> dict[str, Cost]:
        """Parameters, MACs for one image, convolutions and I-convs by node."""
        return costs(self.graph)

    @cached_property
    def cost(self) -> Cost:
        """Those of the whole network."""
        return below(self.costs, "")

    @cached_property
    def activations(self) -> dict[str, int]:
        """The numbers of one image that each node writes."""
        return activations(self.graph)

    @cached_property
    def traffic(self) -> dict[str, int]:
        """The bytes that each node reads and writes."""
        return traffic(self.graph, self.batch, self.width)

    @cached_property
    def schedule(self) -> Schedule:
        """The order in which the nodes run."""
        return schedule(self.origin)

    @cached_property
    def memory(self) -> Memory:
        """What lives when."""
        return Memory(self.graph, self.schedule, self.batch, self.width)

    @cached_property
    def receptive_fields(self) -> dict[str, int | None]:
        """The receptive field of each value."""
        return receptive_fields(self.graph)

    @cached_property
    def strides(self) -> dict[str, int]:
        """The effective stride of each value."""
        return strides(self.graph)

    @property
    def intensity(self) -> float:
        """Floating-point operations, two for a MAC, per byte moved."""
        return intensity(self.cost.macs * self.batch, sum(self.traffic.values()))

    def rows(self, by: Level) -> tuple[Row, ...]:
        """A row for each stage, block or op, in the order of the graph."""
        parts = items(self.graph, by)
        inside: dict[str, list[str]] = {part.name: [] for part in parts}
        for node in self.graph.nodes:
            name = node.name
            while name not in inside:
                name = name.rpartition(".")[0]
            inside[name].append(node.name)
        return tuple(self._row(part, inside[part.name]) for part in parts)

    def _row(self, item: Item, names: list[str]) -> Row:
        return Row(
            item.name,
            item.op.kind if isinstance(item, Node) else item.kind,
            item.name if isinstance(item, Node) else item.output,
            total(self.costs[name] for name in names),
            sum(self.activations[name] for name in names),
            sum(self.traffic[name] for name in names),
            sum(self.memory.saved[name] for name in names),
            max((self._live[name] for name in names), default=0),
        )

    @cached_property
    def _live(self) -> dict[str, int]:
        nodes = (node.name for node in self.schedule.nodes)
        return dict(zip(nodes, self.memory.inference, strict=True))


def figures(
    graph: Graph, size: tuple[int, int] | None = None, batch: int = 1, dtype: str = "float32"
) -> Figures:
    """The figures of a graph for images of (height, width), else of its own size.

    Raises SizeError where the network does not take that size.
    """
    return Figures(graph if size is None else resized(graph, size), graph, batch, dtype)


def intensity(macs: int, moved: int) -> float:
    """Floating-point operations, two for a MAC, per byte moved."""
    return 2 * macs / moved if moved else 0.0


def items(graph: Graph, by: Level) -> Sequence[Item]:
    """The stages, the blocks or the nodes of a graph.

    The blocks of a stage are what it is made of, those of a row one by one.
    """
    if by == "op":
        return graph.nodes
    stages = graph.children[""]
    if by == "stage":
        return stages
    return [block for stage in stages for block in _blocks(graph, stage)]


def _blocks(graph: Graph, item: Item) -> Sequence[Item]:
    if isinstance(item, Node):
        return [item]
    inside = graph.children[item.name]
    return [
        part
        for child in inside
        for part in (
            graph.children[child.name]
            if not isinstance(child, Node) and child.kind == SEQUENTIAL
            else [child]
        )
    ]
