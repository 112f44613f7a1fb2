"""StageGraph: the stages by name and what each reads, the form that every analysis starts from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import heappop, heappush

from fishcompile.language.fish_spec import BudgetSpec
from fishcompile.language.graph_spec import Definition, StageNode
from fishcompile.language.key_layouts import LayoutSpec
from fishcompile.language.spec import InputSpec

INPUT = "input"
LOGITS = "logits"


@dataclass(frozen=True)
class StageGraph:
    """The stages in the order in which data flows; `taps` and `outputs` name stages."""

    name: str
    input: InputSpec
    nodes: tuple[StageNode, ...]
    taps: tuple[tuple[str, str], ...]
    outputs: tuple[tuple[str, str], ...]
    budget: BudgetSpec
    blocks: tuple[Definition, ...] = ()
    layouts: tuple[LayoutSpec, ...] = ()

    @cached_property
    def by_name(self) -> dict[str, StageNode]:
        """The stages by name."""
        return {node.name: node for node in self.nodes}


def in_order(nodes: Sequence[StageNode]) -> tuple[StageNode, ...]:
    """The nodes in the order of the data, of two that may come next the one that is written first.

    Nodes of a circle, and what comes after one, are left out. Every edge has a node or the input.
    """
    places = {node.name: place for place, node in enumerate(nodes)}
    waits = [len({edge.source for edge in node.inputs} - {INPUT}) for node in nodes]
    readers = readers_of(nodes)
    ready = [place for place, count in enumerate(waits) if not count]
    found: list[StageNode] = []
    while ready:
        node = nodes[heappop(ready)]
        found.append(node)
        for reader in readers[node.name]:
            waits[places[reader]] -= 1
            if not waits[places[reader]]:
                heappush(ready, places[reader])
    return tuple(found)


def readers_of(nodes: Iterable[StageNode]) -> dict[str, dict[str, None]]:
    """Which nodes read each node and the input, each once and in order."""
    readers: dict[str, dict[str, None]] = defaultdict(dict)
    for node in nodes:
        for edge in node.inputs:
            readers[edge.source][node.name] = None
    return readers
