"""Crossings: what lies between a stage's output and each value that it reads, stage by stage.

The best way through a stage is that of analysis/free_paths.py: the fewest convolutions, then gates,
then normalisations. A stage has a free path from the network's head where a chain of free crossings
leads to it.
"""

from __future__ import annotations

from collections import defaultdict

import networkx as nx

from fishcompile.analysis.free_paths import flow_of
from fishcompile.analysis.gradient import CROSSED_FREELY
from fishcompile.analysis.isolated import isolated_convolutions
from fishcompile.ir.graph import Graph, Node
from fishcompile.record import record


@record
class Crossing:
    """What a gradient crosses between a stage's output and a value that the stage reads."""

    convolutions: tuple[str, ...] = ()
    isolated: tuple[str, ...] = ()
    free: bool = True

    def behind(self, other: Crossing) -> Crossing:
        """This one and another, one after the other."""
        return Crossing(
            self.convolutions + other.convolutions,
            self.isolated + other.isolated,
            self.free and other.free,
        )


def crossings(graph: Graph) -> dict[tuple[str, str], Crossing]:
    """The best way through each stage: by the stage's name and the value that it reads.

    There is none to a value of which a stage reads the size alone, and none through a stage that
    failed, of which there is but a part.
    """
    nodes = {node.name: node for node in graph.nodes}
    inside: dict[str, list[Node]] = defaultdict(list)
    for node in graph.nodes:
        inside[node.name.partition(".")[0]].append(node)
    isolated = isolated_convolutions(graph)
    found = {}
    for item in graph.children[""]:
        output = item.name if isinstance(item, Node) else item.output
        flow = flow_of(inside[item.name])
        if output not in flow:
            continue
        ways = nx.single_source_dijkstra_path(flow, output)
        for value in dict.fromkeys(item.inputs):
            if value in ways:
                way = [nodes[name] for name in ways[value][:-1]]
                convolutions = tuple(n.name for n in way if n.op.gradient == "weighted")
                found[item.name, value] = Crossing(
                    convolutions,
                    tuple(name for name in convolutions if name in isolated),
                    all(n.op.gradient in CROSSED_FREELY for n in way),
                )
    return found
