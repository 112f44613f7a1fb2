"""Fish sections to a StageGraph: who reads whom, by name, without circles or loose ends.

The sections are sugar: a stage reads the stage before it unless it says `from`, a merge reads
the stage that `transfer.from` names, and the classifier reads the last stage.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice

import networkx as nx

from fishcompile.diagnostics.finding import MAX_FINDINGS, Diagnostic, Related, fail
from fishcompile.language.fish_spec import FishSpec
from fishcompile.language.graph_spec import Config, Definition, Edge, NodeSpec, StageNode
from fishcompile.language.references import heads, noun_of, problems
from fishcompile.language.spec import BlockSpec, BridgeSpec, DenseSpec, StageSpec
from fishcompile.language.stage_graph import INPUT, LOGITS, StageGraph, digraph
from fishcompile.reader.tree import Path, Plain, Tree
from fishcompile.schema.version import start_of_spec

_SINK = "outputs of the network"
_LONG = 20  # stages of a circle that are shown


def stage_graph(spec: FishSpec, tree: Tree) -> StageGraph:
    """The graph of a spec. Raises SpecError with every name that does not resolve, and cycles."""
    nodes = _nodes(spec)
    found = list(islice(problems(spec, nodes, tree), MAX_FINDINGS))
    if found:
        raise fail(*found)
    graph, noun = digraph(nodes), noun_of(spec)
    _refuse_cycle(graph, nodes, noun, tree)
    order: dict[str, int] = nx.get_node_attributes(graph, "order")
    by_name = {node.name: node for node in nodes}
    ordered = nx.lexicographical_topological_sort(graph, key=lambda name: order[name])
    flow = tuple(by_name[name] for name in ordered if name != INPUT)
    taps = spec.taps or tuple(
        (n.name, n.name) for n in flow if isinstance(n.config, StageSpec | BridgeSpec)
    )
    outputs = _outputs(spec)
    given = {source for _, source in (*taps, *outputs)}
    if not given:
        message = "the spec has no stage, tap or output, so the network would give nothing"
        advice = "add a stage, for example `tail: {tail1: {out: 128, blocks: 2}}`"
        if spec.graph:
            advice = f"say what it gives, for example `outputs: {{features: {flow[-1].name}}}`"
        raise fail(Diagnostic("FC111", message, start_of_spec(tree), help=(advice,)))
    _refuse_unused(graph, flow, given, noun, tree)
    blocks = _reachable(spec.blocks, nodes)
    given_out = (taps, outputs, spec.budget, blocks, spec.layouts)
    return StageGraph(spec.name, spec.input, flow, *given_out, spec.title, spec.recompute)


def _nodes(spec: FishSpec) -> tuple[StageNode, ...]:
    nodes: list[StageNode] = []

    def add(name: str, config: Config, path: Path, source: str | None, *skips: Edge) -> None:
        trunk = Edge(source, (*path, "from")) if source else Edge(before(), None)
        nodes.append(StageNode(name, config, path, (trunk, *skips)))

    def before() -> str:
        return nodes[-1].name if nodes else INPUT

    if spec.stem:
        add("stem", spec.stem, ("stem",), None)
    for stage in spec.tail:
        add(stage.name, stage, stage.path, stage.source, *_skip(stage))
    if spec.bridge:
        add("bridge", spec.bridge, spec.bridge.path, spec.bridge.source)
    for stage in (*spec.body, *spec.head):
        add(stage.name, stage, stage.path, stage.source, *_skip(stage))
    last = before()
    for name, head in heads(spec):
        trunk = Edge(head.source, (*head.path, "from")) if head.source else Edge(last, None)
        image = isinstance(head, DenseSpec) and head.up != "none"
        edges = (trunk, *((Edge(INPUT, None),) if image else ()))
        nodes.append(StageNode(name, head, head.path, edges))
    for node in spec.graph:
        # the first node reads what the fish ends in, unless it says `from`
        operands = tuple(edge if edge.source else Edge(last, None) for edge in node.inputs)
        nodes.append(replace(node, inputs=operands))
    return tuple(nodes)


def _outputs(spec: FishSpec) -> tuple[tuple[str, str], ...]:
    single = ((LOGITS, "classifier"),) if spec.classifier else ()
    heads = tuple((name, name) for name, _ in (*spec.classifiers, *spec.dense))
    return (*single, *heads, *spec.outputs)


def _skip(stage: StageSpec) -> tuple[Edge, ...]:
    if stage.transfer is None or stage.merge == "none":
        return ()
    return (Edge(stage.transfer.source, (*stage.path, "transfer", "from")),)


def _refuse_cycle(
    graph: nx.DiGraph[str], nodes: tuple[StageNode, ...], noun: str, tree: Tree
) -> None:
    try:
        cycle = [edge[0] for edge in nx.find_cycle(graph)]
    except nx.NetworkXNoCycle:
        return
    by_name = {node.name: node for node in nodes}
    order = {node.name: position for position, node in enumerate(nodes)}
    start = min(range(len(cycle)), key=lambda i: order[cycle[i]])
    cycle = cycle[start:] + cycle[:start]
    listed = cycle if len(cycle) <= _LONG else [*cycle[:_LONG], "..."]
    chain = " -> ".join([*listed, cycle[0]])
    within = set(cycle)
    written = [
        edge.path
        for name in cycle
        for edge in by_name[name].inputs
        if edge.path is not None and edge.source in within
    ][:_LONG]
    spans = [tree.value_span(path) for path in written]
    message = f"the {noun}s feed themselves: {chain}"
    help_ = f"let one of these read an earlier {noun}"
    related = tuple(Related(span, "and this edge") for span in spans[1:])
    raise fail(Diagnostic("FC204", message, spans[0], related=related, help=(help_,)))


def _refuse_unused(
    graph: nx.DiGraph[str], nodes: tuple[StageNode, ...], outputs: set[str], noun: str, tree: Tree
) -> None:
    # one sink behind all outputs, so that the graph is walked once
    behind = nx.DiGraph(graph)
    behind.add_edges_from((name, _SINK) for name in outputs)
    used = nx.ancestors(behind, _SINK)
    unused = [node for node in nodes if node.name not in used]
    loose = [node for node in unused if not any(True for _ in graph.successors(node.name))]
    message = "`{}` is read by no stage, no tap and no classifier"
    help_ = ("tap it, read it with `from`, or remove it",)
    if noun == "node":
        message = "`{}` is read by no node, no tap and no output"
        help_ = ("name it in `outputs`, read it with `from`, or remove it",)
    if unused:
        raise fail(
            *(
                Diagnostic("FC205", message.format(node.name), tree.key_span(node.path), help=help_)
                for node in loose[:MAX_FINDINGS]
            )
        )


def _reachable(
    definitions: tuple[Definition, ...], nodes: Iterable[StageNode]
) -> tuple[Definition, ...]:
    """The blocks that the nodes are made of: the others mean nothing for the network."""
    by_name = {definition.name: definition for definition in definitions}
    used: set[str] = set()
    todo = [kind for node in nodes for kind in _kinds(node.config)]
    while todo:
        kind = todo.pop()
        if kind in by_name and kind not in used:
            used.add(kind)
            todo += [name for node in by_name[kind].nodes for name in _inner(dict(node.keys))]
    return tuple(definition for definition in definitions if definition.name in used)


def _kinds(config: Config) -> tuple[str, ...]:
    """What a node is, or what the residual blocks of it are."""
    if isinstance(config, NodeSpec):
        return (config.kind,)
    block = getattr(config, "block", None)
    return (block.kind,) if isinstance(block, BlockSpec) else ()


def _inner(keys: dict[str, Plain]) -> tuple[str, ...]:
    block = keys.get("block")
    kinds = (keys["kind"], block.get("kind") if isinstance(block, dict) else block)
    return tuple(kind for kind in kinds if isinstance(kind, str))
