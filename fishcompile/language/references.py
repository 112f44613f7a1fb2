"""References: that every name in a spec stands for one thing, and every reference for a name."""

from __future__ import annotations

from collections.abc import Iterator

from fishcompile.diagnostics.characters import lookalike, named
from fishcompile.diagnostics.finding import Diagnostic, Related
from fishcompile.diagnostics.names import shown
from fishcompile.diagnostics.nearest import nearest
from fishcompile.diagnostics.source import Span
from fishcompile.language.applicable import check_stage
from fishcompile.language.composites import check_definitions
from fishcompile.language.fish_spec import FishSpec
from fishcompile.language.graph_spec import StageNode
from fishcompile.language.key_layouts import check_layouts
from fishcompile.language.spec import SECTIONS, ClassifierSpec, DenseSpec
from fishcompile.language.stage_graph import INPUT, LOGITS
from fishcompile.reader.respell import renamed
from fishcompile.reader.tree import Path, Tree, taken_away

_PARTS = ("stem", "bridge", "classifier")


def noun_of(spec: FishSpec) -> str:
    """What the parts of the network are called: a graph has nodes, a fish has stages."""
    return "node" if spec.graph else "stage"


def heads(spec: FishSpec) -> tuple[tuple[str, ClassifierSpec | DenseSpec], ...]:
    """What gives the outputs of a fish: the nodes that no stage may read."""
    single = (("classifier", spec.classifier),) if spec.classifier else ()
    return (*single, *spec.classifiers, *spec.dense)


def problems(spec: FishSpec, nodes: tuple[StageNode, ...], tree: Tree) -> Iterator[Diagnostic]:
    """Names that are taken twice or resolve to nothing, and keys that are not read."""
    yield from _reserved(spec, tree)
    noun = noun_of(spec)
    yield from _duplicates(nodes, noun, tree)
    yield from check_definitions(spec.blocks, tree)
    yield from check_layouts(spec.layouts, tree)
    for node in nodes:
        yield from check_stage(node, tree)
    ends = {name for name, _ in heads(spec)}
    names = dict.fromkeys([INPUT, *(node.name for node in nodes if node.name not in ends)])
    references = [(edge.source, edge.path) for node in nodes for edge in node.inputs]
    references += [(source, ("taps", tap)) for tap, source in spec.taps]
    references += [(source, ("outputs", name)) for name, source in spec.outputs]
    everything = tuple(dict.fromkeys(node.name for node in nodes))
    for name, key in _bounded(spec):
        if name not in everything:
            yield _unknown(name, key, everything, noun, tree, tree.key_span(key))
    for name, place in _recomputed(tree):
        if name not in everything:
            yield _unknown(name, place, everything, noun, tree)
    for source, path in references:
        # what is implied is there, if under a name that a head has too, which is found above
        if source not in names and path is not None:
            yield _unknown(source, path, tuple(names), noun, tree)


def _bounded(spec: FishSpec) -> Iterator[tuple[str, Path]]:
    """The stages that the budget names, and where."""
    batch = spec.budget.batch
    places: list[tuple[Path, tuple[tuple[str, object], ...]]]
    places = [(("budget", "stages"), spec.budget.stages)]
    if batch:
        places.append((("budget", "batch", "stages"), batch.stages))
    yield from ((name, (*at, name)) for at, stages in places for name, _ in stages)


def _recomputed(tree: Tree) -> Iterator[tuple[str, Path]]:
    """The stages that `recompute` lists, and where."""
    written = tree.value.get("recompute")
    if isinstance(written, list):
        yield from ((str(name), ("recompute", index)) for index, name in enumerate(written))


def _reserved(spec: FishSpec, tree: Tree) -> Iterator[Diagnostic]:
    """A stage may not be called as another part of a fish is, nor a tap as the output is."""
    stages = [stage.path for stage in (*spec.tail, *spec.body, *spec.head)]
    stages += [head.path for _, head in heads(spec) if len(head.path) > 1]
    taken = [(path, "another part of the fish") for path in stages if path[-1] in _PARTS]
    if spec.classifier:
        given: list[Path] = [("taps", name) for name, _ in spec.taps]
        given += [head.path for _, head in heads(spec)]
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


def _unknown(
    name: str,
    path: Path,
    names: tuple[str, ...],
    noun: str,
    tree: Tree,
    key: Span | None = None,
) -> Diagnostic:
    """FC203, at the value of `path`, or at the `key` that names it."""
    near = nearest(name, names)
    known = ", ".join(names[:20]) + (", ..." if len(names) > 20 else "")
    way_out = f"did you mean `{near}`?" if near else f"the {noun}s are {known}"
    span = key or tree.value_span(path)
    fixes = renamed(span, name, near, names) if near else ()
    message = f"no {noun} is named {shown(name)}"
    strange = lookalike(name)
    notes = (named(strange),) if strange else ()
    taken = taken_away(tree, (name,), *((section, name) for section in (*SECTIONS, "graph")))
    return Diagnostic(
        "FC203", message, span, related=taken, notes=notes, help=(way_out,), fixes=fixes
    )
