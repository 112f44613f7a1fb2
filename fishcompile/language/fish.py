"""Fish sections to a StageGraph: who reads whom, by name, and that every name resolves.

The sections are sugar: a stage reads the stage before it unless it says `from`, a merge reads
the stage that `transfer.from` names, and the classifier reads the last stage.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import networkx as nx

from fishcompile.diagnostics import (
    MAX_FINDINGS,
    Diagnostic,
    Related,
    SpecError,
    fail,
    report,
    taken_away,
)
from fishcompile.language.applicable import check_stage
from fishcompile.language.composites import check_definitions
from fishcompile.language.graph_spec import Config, Edge, StageNode
from fishcompile.language.layouts import check_layouts
from fishcompile.language.reachable import reachable
from fishcompile.language.spec import (
    SECTIONS,
    BridgeSpec,
    ClassifierSpec,
    DenseSpec,
    FishSpec,
    StageSpec,
)
from fishcompile.language.stage_graph import INPUT, LOGITS, StageGraph, digraph
from fishcompile.names import shown
from fishcompile.nearest import nearest
from fishcompile.respell import renamed
from fishcompile.schema_identity import start_of_spec
from fishcompile.tree import Path, Tree

_SINK = "outputs of the network"
_LONG = 20  # stages of a circle that are shown
_PARTS = ("stem", "bridge", "classifier")


def stage_graph(spec: FishSpec, tree: Tree) -> StageGraph:
    """The graph of a spec. Raises SpecError with every name that does not resolve, and cycles."""
    nodes = _nodes(spec)
    problems = list(islice(_problems(spec, nodes, tree), MAX_FINDINGS))
    if problems:
        raise SpecError(report(problems))
    graph, noun = digraph(nodes), _noun(spec)
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
    blocks = reachable(spec.blocks, nodes)
    return StageGraph(spec.name, spec.input, flow, taps, outputs, spec.budget, blocks, spec.layouts)


def _noun(spec: FishSpec) -> str:
    """What the parts of the network are called: a graph has nodes, a fish has stages."""
    return "node" if spec.graph else "stage"


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
    for name, head in _heads(spec):
        trunk = Edge(head.source, (*head.path, "from")) if head.source else Edge(last, None)
        image = isinstance(head, DenseSpec) and head.up != "none"
        edges = (trunk, *((Edge(INPUT, None),) if image else ()))
        nodes.append(StageNode(name, head, head.path, edges))
    for node in spec.graph:
        # the first node reads what the fish ends in, unless it says `from`
        operands = tuple(edge if edge.source else Edge(last, None) for edge in node.inputs)
        nodes.append(replace(node, inputs=operands))
    return tuple(nodes)


def _heads(spec: FishSpec) -> tuple[tuple[str, ClassifierSpec | DenseSpec], ...]:
    """What gives the outputs of a fish: the nodes that no stage may read."""
    single = (("classifier", spec.classifier),) if spec.classifier else ()
    return (*single, *spec.classifiers, *spec.dense)


def _outputs(spec: FishSpec) -> tuple[tuple[str, str], ...]:
    single = ((LOGITS, "classifier"),) if spec.classifier else ()
    heads = tuple((name, name) for name, _ in (*spec.classifiers, *spec.dense))
    return (*single, *heads, *spec.outputs)


def _skip(stage: StageSpec) -> tuple[Edge, ...]:
    if stage.transfer is None or stage.merge == "none":
        return ()
    return (Edge(stage.transfer.source, (*stage.path, "transfer", "from")),)


def _problems(spec: FishSpec, nodes: tuple[StageNode, ...], tree: Tree) -> Iterator[Diagnostic]:
    """Names that are taken twice or resolve to nothing, and keys that are not read."""
    yield from _reserved(spec, tree)
    noun = _noun(spec)
    yield from _duplicates(nodes, noun, tree)
    yield from check_definitions(spec.blocks, tree)
    yield from check_layouts(spec.layouts, tree)
    for node in nodes:
        yield from check_stage(node, tree)
    heads = {name for name, _ in _heads(spec)}
    names = dict.fromkeys([INPUT, *(node.name for node in nodes if node.name not in heads)])
    references = [(edge.source, edge.path) for node in nodes for edge in node.inputs]
    references += [(source, ("taps", tap)) for tap, source in spec.taps]
    references += [(source, ("outputs", name)) for name, source in spec.outputs]
    for source, path in references:
        # what is implied is there, if under a name that a head has too, which is found above
        if source not in names and path is not None:
            yield _unknown(source, path, tuple(names), noun, tree)


def _reserved(spec: FishSpec, tree: Tree) -> Iterator[Diagnostic]:
    """A stage may not be called as another part of a fish is, nor a tap as the output is."""
    stages = [stage.path for stage in (*spec.tail, *spec.body, *spec.head)]
    stages += [head.path for _, head in _heads(spec) if len(head.path) > 1]
    taken = [(path, "another part of the fish") for path in stages if path[-1] in _PARTS]
    if spec.classifier:
        given: list[Path] = [("taps", name) for name, _ in spec.taps]
        given += [head.path for _, head in _heads(spec)]
        given += [("outputs", name) for name, _ in spec.outputs]
        taken += [(path, "the classifier's output") for path in given if path[-1] == LOGITS]
    for path, owner in taken:
        message = f"`{path[-1]}` is the name of {owner}"
        yield Diagnostic("FC201", message, tree.key_span(path), help=("choose another name",))


def _duplicates(nodes: tuple[StageNode, ...], noun: str, tree: Tree) -> Iterator[Diagnostic]:
    first: dict[str, StageNode] = {}
    for node in nodes:
        if node.name in first:
            there = Related(tree.key_span(first[node.name].path), "the name is taken here")
            message = f"two {noun}s are named `{node.name}`"
            help_ = (f"a name is one {noun}'s identity: rename one of them",)
            span = tree.key_span(node.path)
            yield Diagnostic("FC202", message, span, related=(there,), help=help_)
        first.setdefault(node.name, node)


def _unknown(name: str, path: Path, names: tuple[str, ...], noun: str, tree: Tree) -> Diagnostic:
    near = nearest(name, names)
    known = ", ".join(names[:20]) + (", ..." if len(names) > 20 else "")
    way_out = f"did you mean `{near}`?" if near else f"the {noun}s are {known}"
    span = tree.value_span(path)
    fixes = renamed(span, name, near, names) if near else ()
    message = f"no {noun} is named {shown(name)}"
    taken = taken_away(tree, (name,), *((section, name) for section in (*SECTIONS, "graph")))
    return Diagnostic("FC203", message, span, related=taken, help=(way_out,), fixes=fixes)


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
    raise SpecError(
        report(
            [
                Diagnostic(
                    "FC204",
                    f"the {noun}s feed themselves: {chain}",
                    spans[0],
                    related=tuple(Related(span, "and this edge") for span in spans[1:]),
                    help=(f"let one of these read an earlier {noun}",),
                )
            ]
        )
    )


def _refuse_unused(
    graph: nx.DiGraph[str], nodes: tuple[StageNode, ...], outputs: set[str], noun: str, tree: Tree
) -> None:
    # one sink behind all outputs, so that the graph is walked once
    behind = nx.DiGraph(graph)
    behind.add_edges_from((name, _SINK) for name in outputs)
    used = nx.ancestors(behind, _SINK)
    unused = [node for node in nodes if node.name not in used]
    heads = [node for node in unused if not any(True for _ in graph.successors(node.name))]
    message = "`{}` is read by no stage, no tap and no classifier"
    help_ = ("tap it, read it with `from`, or remove it",)
    if noun == "node":
        message = "`{}` is read by no node, no tap and no output"
        help_ = ("name it in `outputs`, read it with `from`, or remove it",)
    if unused:
        raise SpecError(
            report(
                Diagnostic("FC205", message.format(node.name), tree.key_span(node.path), help=help_)
                for node in heads[:MAX_FINDINGS]
            )
        )
