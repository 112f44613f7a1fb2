"""StageGraph: the stages by name and what each reads, the form that every analysis starts from."""

from __future__ import annotations

from functools import cached_property

import networkx as nx

from fishcompile.language.fish_spec import BudgetSpec
from fishcompile.language.graph_spec import Definition, StageNode
from fishcompile.language.key_layouts import LayoutSpec
from fishcompile.language.spec import InputSpec
from fishcompile.record import record

INPUT = "input"
LOGITS = "logits"


@record
class StageGraph:
    """The stages in the order in which data flows; `taps` and `outputs` name stages.

    `recompute` is `preact`, `stages`, or the names of stages.
    """

    name: str
    input: InputSpec
    nodes: tuple[StageNode, ...]
    taps: tuple[tuple[str, str], ...]
    outputs: tuple[tuple[str, str], ...]
    budget: BudgetSpec
    blocks: tuple[Definition, ...] = ()
    layouts: tuple[LayoutSpec, ...] = ()
    title: str = ""
    recompute: str | tuple[str, ...] = ()

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
