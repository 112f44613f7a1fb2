"""StageGraph: the stages by name and what each reads, the form that every analysis starts from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import networkx as nx

from fishcompile.language.spec import (
    BridgeSpec,
    BudgetSpec,
    ClassifierSpec,
    InputSpec,
    LayerSpec,
    StageSpec,
)
from fishcompile.tree import Path

INPUT = "input"
LOGITS = "logits"
Config = tuple[LayerSpec, ...] | StageSpec | BridgeSpec | ClassifierSpec


@dataclass(frozen=True)
class Edge:
    """A stage's operand: the stage that makes it, and where the spec says so (None: implied)."""

    source: str
    path: Path | None


@dataclass(frozen=True)
class StageNode:
    """One stage. `inputs` are the trunk and, where the stage merges, the skip."""

    name: str
    config: Config
    path: Path
    inputs: tuple[Edge, ...]


@dataclass(frozen=True)
class StageGraph:
    """The stages in the order in which data flows, the taps, and the stage that is the output."""

    name: str
    input: InputSpec
    nodes: tuple[StageNode, ...]
    taps: tuple[tuple[str, str], ...]
    output: str | None
    budget: BudgetSpec

    @cached_property
    def by_name(self) -> dict[str, StageNode]:
        """The stages by name."""
        return {node.name: node for node in self.nodes}


def digraph(nodes: tuple[StageNode, ...]) -> nx.DiGraph[str]:
    """The stages as a networkx graph for traversal, the input included; nodes keep their order."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_node(INPUT, order=-1)
    for order, node in enumerate(nodes):
        graph.add_node(node.name, order=order)
    for node in nodes:
        graph.add_edges_from((edge.source, node.name) for edge in node.inputs)
    return graph
