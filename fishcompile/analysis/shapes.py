"""Shape inference: the stages expanded in the order of the data, each edge's type checked.

The traversal is over the networkx graph of the stages. A stage that fails is one failure; what
reads it, directly or not, is unknown and stays silent.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import networkx as nx

from fishcompile.analysis.costs import Cost, costs
from fishcompile.analysis.stage_facts import StageFacts
from fishcompile.expand.library import Library
from fishcompile.ir.builder import Builder
from fishcompile.ir.fault import ExpansionError
from fishcompile.ir.graph import Graph, Value
from fishcompile.language.graph_spec import StageNode
from fishcompile.language.spec import StageSpec
from fishcompile.language.stage_graph import INPUT, StageGraph, digraph
from fishcompile.ops.base import ShapeError
from fishcompile.ops.tensor import TensorType, feature_map
from fishcompile.record import record


@record
class Failure:
    """A stage whose block does not fit its inputs; `known` counts the stages expanded before it."""

    error: ExpansionError
    node: StageNode
    inputs: tuple[Value, ...]
    known: int


@record
class Inference:
    """The expanded graph (as far as it goes), facts by stage, failures, and stages left unknown."""

    graph: Graph
    stages: dict[str, StageFacts]
    failures: tuple[Failure, ...]
    unknown: frozenset[str]

    @cached_property
    def costs(self) -> dict[str, Cost]:
        """The cost of each node, counted where somebody asks: not for a graph that is too large."""
        return costs(self.graph)


def nothing_of(stages: StageGraph) -> Inference:
    """What is known of a network that is not expanded."""
    everything = frozenset(node.name for node in stages.nodes)
    return Inference(Graph(stages.name, (), (), (), ()), {}, (), everything)


def infer(stages: StageGraph, builder: Builder | None = None) -> Inference:
    """Expands every stage whose inputs are known, in topological order.

    Of another builder than the usual the graph is what that has kept.
    """
    flow = digraph(stages.nodes)
    builder, library = builder or Builder(), Library(stages.blocks)
    values = {INPUT: builder.input(INPUT, feature_map(stages.input.channels, stages.input.sides))}
    facts: dict[str, StageFacts] = {}
    failures: list[Failure] = []
    unknown: set[str] = set()
    for node in stages.nodes:
        if node.name in unknown:
            continue
        inputs = tuple(values[edge.source] for edge in node.inputs)
        builder.top = node.name
        try:
            part = library.bind(node.config, tuple(value.type for value in inputs))
            output = builder.add(node.name, part, *inputs)
        except (ShapeError, ExpansionError) as error:
            if isinstance(error, ShapeError):
                error = ExpansionError(error, node.name, (error.field or "",))
            failures.append(Failure(error, node, inputs, len(facts)))
            unknown |= nx.descendants(flow, node.name)
            continue
        values[node.name] = output
        trunk = _trunk(builder, node, output)
        types = tuple(value.type for value in inputs)
        facts[node.name] = StageFacts(node, types, trunk, output.type)
    taps, outputs = (
        tuple((name, values[source].name) for name, source in named if source in values)
        for named in (stages.taps, stages.outputs)
    )
    graph = builder.graph(stages.name, taps, outputs)
    graph = replace(graph, title=stages.title, recompute=stages.recompute)
    return Inference(graph, facts, tuple(failures), frozenset(unknown))


def _trunk(builder: Builder, node: StageNode, output: Value) -> TensorType:
    """The type before the merge: that of the merge's first operand."""
    if isinstance(node.config, StageSpec) and node.config.merge != "none":
        return builder.type_of(builder.node(output.name).inputs[0])
    return output.type
