"""Gradient paths: what lies between each stage and the outputs, on the way that crosses least.

The measure of Sun et al. 2018: a gradient comes back to a stage directly where some way leads to
it that crosses no convolution, as sums, concatenations, pooling and interpolation are no hindrance;
a convolution in the way on a shortcut is an isolated one, an I-conv. Of all ways the best crosses
the fewest convolutions; of those with as many, the fewest gates, then the fewest normalisations.

A way begins where the network's heads do: at what the last layer before an output reads, pooling
and flattening left aside, since every network has one such layer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import networkx as nx

from fishcompile.analysis.features import before_head, made_at_the_top
from fishcompile.analysis.gradient import CROSSED_FREELY
from fishcompile.analysis.isolated import isolated_convolutions
from fishcompile.ir.graph import Graph, Item, Node
from fishcompile.record import record

_CROSSING = {"weighted": 10**9, "gated": 10**4, "norm": 1}


@record
class GradientPath:
    """The best way from a head back to a stage's output, in nodes, the head's side first.

    `hindrances` are those on it that are not crossed freely, convolutions and all else; `isolated`
    the I-convs among them; `through` the kinds of the others, each once. A stage that no head
    reads, by any way, has no `nodes` and is not `reached`.
    """

    stage: str
    reached: bool
    nodes: tuple[str, ...] = ()
    convolutions: tuple[str, ...] = ()
    isolated: tuple[str, ...] = ()
    gates: tuple[str, ...] = ()
    hindrances: tuple[str, ...] = ()
    through: tuple[str, ...] = ()

    @property
    def free(self) -> bool:
        """Whether nothing is in the way."""
        return self.reached and not self.hindrances

    @property
    def broken_at(self) -> str | None:
        """The convolution or gate that the way back from the head first meets, else the norm."""
        walls = {*self.convolutions, *self.gates}
        first = next((name for name in self.hindrances if name in walls), None)
        return first or next(iter(self.hindrances), None)


def gradient_paths(graph: Graph) -> tuple[GradientPath, ...]:
    """The best way back to each stage, in the order of the data; heads are no stages."""
    nodes = {node.name: node for node in graph.nodes}
    ends = ends_of(graph)
    flow = flow_of(graph.nodes)
    flow.add_weighted_edges_from((_END, end, 0) for end in ends)
    ways = nx.single_source_dijkstra_path(flow, _END)
    isolated = isolated_convolutions(graph)
    paths = []
    for item in stages_of(graph):
        value = item.name if isinstance(item, Node) else item.output
        if value not in ways:
            paths.append(GradientPath(item.local, reached=False))
            continue
        way = [nodes[name] for name in ways[value][1:-1]]  # from the end to what reads the stage
        stopping = [node for node in way if node.op.gradient not in CROSSED_FREELY]
        convolutions = tuple(n.name for n in stopping if n.op.gradient == "weighted")
        paths.append(
            GradientPath(
                item.local,
                True,
                tuple(node.name for node in way),
                convolutions,
                tuple(name for name in convolutions if name in isolated),
                tuple(n.name for n in stopping if n.op.gradient == "gated"),
                tuple(node.name for node in stopping),
                tuple(dict.fromkeys(n.op.kind for n in way if n not in stopping)),
            )
        )
    return tuple(paths)


_END = ""  # the name of no value


def ends_of(graph: Graph) -> tuple[str, ...]:
    """The values that the ways begin at: what each head reads, or the taps where there is none."""
    outputs = dict.fromkeys(value for _, value in (graph.outputs or graph.taps))
    images = [value.name for value in graph.inputs]  # a head takes no more than the sides of one
    made = made_at_the_top(graph)
    return tuple(dict.fromkeys(before_head(graph, made, value, images) for value in outputs))


def stages_of(graph: Graph) -> Iterator[Item]:
    """The stages in front of the heads, those whose output is a map."""
    flow: nx.DiGraph[str] = nx.DiGraph()
    flow.add_edges_from((_END, end) for end in ends_of(graph))
    for node in graph.nodes:
        flow.add_edges_from((node.name, name) for name in node.inputs)
    before = nx.descendants(flow, _END)
    for item in graph.children[""]:
        value = item.name if isinstance(item, Node) else item.output
        if value in before and len(graph.types[value].shape) == 3:
            yield item


def flow_of(nodes: Iterable[Node]) -> nx.DiGraph[str]:
    """The values, each with an edge back to what it is made of, as heavy as its op is to cross."""
    flow: nx.DiGraph[str] = nx.DiGraph()
    for node in nodes:
        weight = _CROSSING.get(node.op.gradient, 0)
        flow.add_weighted_edges_from((node.name, name, weight) for name in node.data)
    return flow
