"""FC401 and FC402: what a spec asserts of itself, held against the inferred facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fishcompile.analysis.costs import Cost
from fishcompile.analysis.shapes import StageFacts
from fishcompile.diagnostics import Diagnostic, Related
from fishcompile.ir.graph import Graph
from fishcompile.language.spec import (
    BridgeSpec,
    BudgetSpec,
    ClassifierSpec,
    ExpectSpec,
    LayerSpec,
    StageSpec,
)
from fishcompile.language.stage_graph import INPUT, StageNode
from fishcompile.tensor import TensorType
from fishcompile.tree import Path, Tree


def check_expectations(
    stages: Mapping[str, StageFacts], graph: Graph, tree: Tree
) -> Iterator[Diagnostic]:
    """Every `expect`, and every derivable `out`, that the facts contradict."""
    for facts in stages.values():
        config = facts.node.config
        if isinstance(config, tuple):
            for layer in config:
                yield from _layer(layer, graph, tree)
            continue
        yield from _expect(facts, config.expect, tree)
        derived = isinstance(config, StageSpec) and config.out not in (None, facts.trunk.channels)
        if derived and not (isinstance(config, StageSpec) and config.expect.out == config.out):
            yield _mismatch(facts, (*facts.node.path, "out"), facts.trunk.channels, tree)


def check_budget(total: Cost, budget: BudgetSpec, tree: Tree) -> Iterator[Diagnostic]:
    """Parameters and MACs above what the spec allows itself."""
    for key, have, limit in (
        ("parameters", total.parameters, budget.parameters),
        ("macs", total.macs, budget.macs),
    ):
        if limit is not None and have > limit:
            span = tree.value_span(("budget", key))
            label = f"{have - limit:,} too many"
            message = f"the network has {have:,} {key}, the budget is {limit:,}"
            help_ = ("raise the budget, or take blocks or width away",)
            yield Diagnostic("FC402", message, span, label, help=help_)


def _expect(facts: StageFacts, expect: ExpectSpec, tree: Tree) -> Iterator[Diagnostic]:
    path = (*facts.node.path, "expect")
    if expect.in_ is not None and expect.in_ != facts.inputs[0].channels:
        yield _entering(facts, (*path, "in"), expect.in_, tree)
    if expect.out is not None and expect.out != facts.trunk.channels:
        yield _mismatch(facts, (*path, "out"), facts.trunk.channels, tree)
    if expect.size is not None:
        yield from _size(facts.node.name, facts.trunk, expect.size, (*path, "size"), tree)


def _layer(layer: LayerSpec, graph: Graph, tree: Tree) -> Iterator[Diagnostic]:
    name, path = ".".join(map(str, layer.path)), (*layer.path, "expect")
    scopes = {scope.name: scope for scope in graph.scopes}
    nodes = {node.name: node for node in graph.nodes}
    output = graph.types[scopes[name].output if name in scopes else name]
    source = scopes[name].inputs[0] if name in scopes else nodes[name].inputs[0]
    entering = graph.types[source].channels
    for key, want, have in (
        ("in", layer.expect.in_, entering),
        ("out", layer.expect.out, output.channels),
    ):
        if want is not None and want != have:
            message = f"{name} is expected to have {want} channels {key}, it has {have}"
            help_ = (f"write `{key}: {have}` here",)
            yield Diagnostic("FC401", message, tree.value_span((*path, key)), help=help_)
    if layer.expect.size is not None:
        yield from _size(name, output, layer.expect.size, (*path, "size"), tree)


def _size(
    name: str, have: TensorType, want: int | tuple[int, int], path: Path, tree: Tree
) -> Iterator[Diagnostic]:
    sides = (want, want) if isinstance(want, int) else want
    if have.sides not in (sides, ()):
        got = "x".join(map(str, have.sides))
        text = str(have.sides[0]) if len(set(have.sides)) == 1 else str(list(have.sides))
        message = f"{name} is expected to be {sides[0]}x{sides[1]}, it is {got}"
        help_ = (f"write `size: {text}` here, or change `input.size`",)
        yield Diagnostic("FC401", message, tree.value_span(path), help=help_)


def _entering(facts: StageFacts, path: Path, want: int, tree: Tree) -> Diagnostic:
    node, have = facts.node, facts.inputs[0].channels
    source = node.inputs[0].source
    return Diagnostic(
        "FC401",
        f"{node.name} is expected to take {want} channels, {source} gives it {have}",
        tree.value_span(path),
        label=f"expected {want}",
        related=_producer(node, have, tree),
        help=(f"write `in: {have}` here, or change the width of `{source}`",),
    )


def _mismatch(facts: StageFacts, path: Path, have: int, tree: Tree) -> Diagnostic:
    node, want = facts.node, tree.get(path)
    return Diagnostic(
        "FC401",
        f"{node.name} is expected to give {want} channels, it gives {have}",
        tree.value_span(path),
        label=f"expected {want}, got {have}",
        related=_producer(node, facts.inputs[0].channels, tree),
        notes=(_derivation(facts, have),),
        help=_fixes(facts, str(path[-1]), have, want),
    )


def _producer(node: StageNode, channels: int, tree: Tree) -> tuple[Related, ...]:
    source = node.inputs[0].source
    if source == INPUT:
        return ()
    path: Path = (source,)
    for section in ("tail", "body", "head"):
        if (section, source) in tree.places:
            path = (section, source)
    out = (*path, "out")
    span = tree.value_span(out) if out in tree.places else tree.key_span(path)
    return (Related(span, f"{source} produces {channels} channels"),)


def _derivation(facts: StageFacts, have: int) -> str:
    """Where the width came from, in the words of the spec."""
    node, channels = facts.node, facts.inputs[0].channels
    source = node.inputs[0].source
    match node.config:
        case StageSpec(shortcut="reduce", k=1):
            how = f"r(x) with k = 1 keeps them: {channels} // 1 = {have}"
        case StageSpec(shortcut="reduce", k=k):
            how = f"r(x) sums each {k}: {channels} // {k} = {have}"
        case StageSpec(shortcut="duplicate", k=k):
            how = f"each is repeated {k} times: {channels} * {k} = {have}"
        case StageSpec(shortcut="identity"):
            how = "an identity shortcut keeps them"
        case StageSpec() | BridgeSpec():
            how = f"the shortcut projects them to `out: {have}`"
        case _:
            how = f"`classes: {have}`"
    return f"{source} -> {node.name} brings {channels} channels; {how}"


def _fixes(facts: StageFacts, key: str, have: int, want: object) -> tuple[str, ...]:
    fixes = [f"write `{key}: {have}` here"]
    config, channels = facts.node.config, facts.inputs[0].channels
    if isinstance(config, StageSpec) and isinstance(want, int) and want > 0:
        if config.shortcut == "reduce" and channels % want == 0 and channels // want <= 64:
            fixes.append(f"or `k: {channels // want}`, so that {facts.node.name} gives {want}")
        elif config.shortcut == "identity":
            fixes.append("or `shortcut: project` with `out`, which costs an I-conv")
        elif config.shortcut == "project":
            fixes.append(f"or `out: {want}`")
    elif isinstance(config, ClassifierSpec):
        fixes.append(f"or `classes: {want}`")
    return tuple(fixes)
