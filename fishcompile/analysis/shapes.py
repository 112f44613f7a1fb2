"""Shape inference: the stages expanded in the order of the data, each edge's type checked.

The traversal is over the networkx graph of the stages. A stage that fails is one finding; what
reads it, directly or not, is unknown and stays silent.
"""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx

from fishcompile.analysis.stage_facts import StageFacts
from fishcompile.diagnostics import Diagnostic
from fishcompile.expand.library import Library
from fishcompile.ir.builder import Builder
from fishcompile.ir.fault import ExpansionError
from fishcompile.ir.graph import Graph, Value
from fishcompile.language.graph_spec import StageNode
from fishcompile.language.spec import StageSpec
from fishcompile.language.stage_graph import INPUT, StageGraph, digraph
from fishcompile.ops.base import ShapeError
from fishcompile.tensor import TensorType, feature_map
from fishcompile.tree import Tree

MAX_BLOCKS = 16_000
MAX_PARAMETERS = 10**11


@dataclass(frozen=True)
class Inference:
    """The expanded graph (as far as it goes), facts by stage, findings, and stages left unknown."""

    graph: Graph
    stages: dict[str, StageFacts]
    diagnostics: tuple[Diagnostic, ...]
    unknown: frozenset[str]


def infer(stages: StageGraph, tree: Tree) -> Inference:
    """Expands every stage whose inputs are known, in topological order."""
    too_many = _count_blocks(stages, tree)
    if too_many:
        empty = Graph(stages.name, (), (), (), ())
        everything = frozenset(node.name for node in stages.nodes)
        return Inference(empty, {}, (too_many,), everything)
    flow = digraph(stages.nodes)
    builder, library = Builder(), Library(stages.blocks)
    values = {INPUT: builder.input(INPUT, feature_map(stages.input.channels, stages.input.sides))}
    facts: dict[str, StageFacts] = {}
    found: list[Diagnostic] = []
    unknown: set[str] = set()
    for node in stages.nodes:
        if node.name in unknown:
            continue
        inputs = tuple(values[edge.source] for edge in node.inputs)
        try:
            part = library.bind(node.config, tuple(value.type for value in inputs))
            output = builder.add(node.name, part, *inputs)
        except (ShapeError, ExpansionError) as error:
            # imported only now: most specs hold, and need no words for what does not
            from fishcompile.analysis.faults import explain

            if isinstance(error, ShapeError):
                error = ExpansionError(error, node.name, (error.field or "",))
            found.append(explain(error, node, inputs, facts, tree))
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
    return Inference(graph, facts, tuple(found), frozenset(unknown))


def _trunk(builder: Builder, node: StageNode, output: Value) -> TensorType:
    """The type before the merge: that of the merge's first operand."""
    if isinstance(node.config, StageSpec) and node.config.merge != "none":
        return builder.type_of(builder.node(output.name).inputs[0])
    return output.type


def _count_blocks(stages: StageGraph, tree: Tree) -> Diagnostic | None:
    """Blocks are counted before any is built: a spec may ask for more than there is memory."""
    total = 0
    for node in stages.nodes:
        total += getattr(node.config, "blocks", 1)
        transfer = getattr(node.config, "transfer", None)
        total += transfer.blocks if transfer else 0
        if total > MAX_BLOCKS:
            return Diagnostic(
                "FC305",
                f"the network has more than {MAX_BLOCKS:,} blocks",
                tree.key_span((*node.path, "blocks")),
                help=("use fewer blocks or stages",),
            )
    return None
