"""What a spec asserts of its stages, held against the inferred facts: the check of FC401.

Widths and sizes are judged apart. Once a stage breaks one, the same fault of whatever reads it
follows from the first and is counted, not reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from fishcompile.analysis.facts import Facts
from fishcompile.analysis.stage_facts import StageFacts
from fishcompile.diagnostics.finding import Diagnostic
from fishcompile.ir.graph import Graph
from fishcompile.language.spec import ExpectSpec, LayerSpec, StageSpec
from fishcompile.language.stage_graph import INPUT
from fishcompile.ops.tensor import TensorType
from fishcompile.reader.respell import rewritten
from fishcompile.reader.tree import Path, Tree
from fishcompile.record import record
from fishcompile.rules.base import Skipped
from fishcompile.rules.expect_words import entering, leaving


@record
class _Claim:
    """What is asserted at `path`, and the finding if it does not hold."""

    about: str
    found: Diagnostic | None


def check_expectations(spec: Facts) -> Iterator[Diagnostic | Skipped]:
    """The first broken assertions along the data, and how many follow from them."""
    graph, tree = spec.inference.graph, spec.tree
    silenced = 0
    broken: dict[str, set[str]] = {INPUT: set()}
    for facts in spec.inference.stages.values():
        upstream = set().union(*(broken[edge.source] for edge in facts.node.inputs))
        broken[facts.node.name] = upstream
        for claim in _claims(facts, graph, tree):
            if claim.found is None:
                continue
            if claim.about in upstream:
                silenced += 1
            else:
                upstream.add(claim.about)
                yield claim.found
    if silenced:
        yield Skipped(silenced)


def _claims(facts: StageFacts, graph: Graph, tree: Tree) -> Iterator[_Claim]:
    config, path = facts.node.config, facts.node.path
    if isinstance(config, tuple):
        for layer in config:
            yield from _layer(facts.node.name, layer, graph, tree)
        return
    expect = config.expect
    gives = facts.trunk.channels
    for key, want, have, explained in (
        ("in", expect.in_, facts.entering, entering),
        ("out", expect.out, gives, leaving),
    ):
        if want is not None:
            at = (*path, "expect", key)
            yield _Claim("width", None if want == have else explained(facts, at, tree))
    if isinstance(config, StageSpec) and config.out is not None:
        yield _Claim("width", None if config.out == gives else leaving(facts, (*path, "out"), tree))
    yield from _size(facts.node.name, facts.trunk, expect, path, tree)


def _layer(stem: str, layer: LayerSpec, graph: Graph, tree: Tree) -> Iterator[_Claim]:
    name = f"{stem}.{layer.name}"
    scopes = {scope.name: scope for scope in graph.scopes}
    nodes = {node.name: node for node in graph.nodes}
    output = graph.types[scopes[name].output if name in scopes else name]
    source = scopes[name].inputs[0] if name in scopes else nodes[name].inputs[0]
    for key, verb, want, have in (
        ("in", "take", layer.expect.in_, graph.types[source].channels),
        ("out", "give", layer.expect.out, output.channels),
    ):
        if want is not None:
            span = tree.value_span((*layer.path, "expect", key))
            message = f"{name} is expected to {verb} {want} channels, not {have}"
            help_ = (f"write `{key}: {have}` here",)
            fixes = rewritten(span, str(have), safe=False)
            finding = Diagnostic(
                "FC401", message, span, f"expected {want}", help=help_, fixes=fixes
            )
            yield _Claim("width", None if want == have else finding)
    yield from _size(name, output, layer.expect, layer.path, tree)


def _size(
    name: str, have: TensorType, expect: ExpectSpec, path: Path, tree: Tree
) -> Iterator[_Claim]:
    want = expect.size
    if want is None:
        return
    sides = (want, want) if isinstance(want, int) else want
    got = "x".join(map(str, have.sides))
    square = len(set(have.sides)) == 1
    text = str(have.sides[0]) if square else f"[{', '.join(map(str, have.sides))}]"
    message = f"{name} is expected to be {sides[0]}x{sides[1]}, it is {got or 'a vector'}"
    help_ = (f"write `size: {text}` here, or change `input.size`",) if got else ("remove `size`",)
    span = tree.value_span((*path, "expect", "size"))
    fixes = rewritten(span, text, safe=False) if got else ()
    label = f"expected {sides[0]}x{sides[1]}"
    finding = Diagnostic("FC401", message, span, label, help=help_, fixes=fixes)
    yield _Claim("size", None if have.sides == sides else finding)
