"""Recompute: which nodes the backward goes over again, instead of keeping what they made.

`preact` is norm, activation and the convolution that reads them, of which the norm's input is kept;
`stages` are the insides of a stage, of which its inputs are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import fields
from typing import NamedTuple

from fishcompile.analysis.features import features
from fishcompile.diagnostics.finding import Diagnostic
from fishcompile.ir.graph import Graph, Item, Node
from fishcompile.ops.base import Op
from fishcompile.reader.tree import Tree

PREACT, STAGES = "preact", "stages"


class Step(NamedTuple):
    """A value of a block: its name, the op that makes it (None: something else), what that reads.

    An op that may be left out is something else.
    """

    name: str
    op: type[Op] | None
    reads: tuple[str, ...]


def regions(graph: Graph) -> Iterator[tuple[str, ...]]:
    """The names of the nodes that are gone over again together."""
    if graph.recompute != PREACT:
        inside: dict[str, list[str]] = {item.name: [] for item in _listed(graph)}
        for node in graph.nodes:
            inside.get(node.name.partition(".")[0], []).append(node.name)
        yield from map(tuple, inside.values())
        return
    leaving = {scope.name: [scope.output] for scope in graph.scopes}
    for scope, items in graph.children.items():
        yield from units([_step(item) for item in items], leaving.get(scope) or given(graph))


def units(steps: Sequence[Step], given: Collection[str]) -> Iterator[tuple[str, ...]]:
    """Norm, activation and convolution, or norm and convolution, where nothing else reads a part.

    `given` are the values that leave the block.
    """
    made = {step.name: step for step in steps}
    uses = Counter([*given, *(name for step in steps for name in step.reads)])

    def before(step: Step, gradient: str) -> Step | None:
        found = made.get(step.reads[0])
        fits = found and found.op and found.op.gradient == gradient and len(found.reads) == 1
        return found if fits and uses[step.reads[0]] == 1 else None

    for step in steps:
        if step.op is None or not _is_convolution(step.op) or len(step.reads) != 1:
            continue
        act = before(step, "activation")
        if act and act.op and (act.op.module() or len(act.op.calls) != 1 or fields(act.op)):
            continue  # no plain function
        norm = before(act or step, "norm")
        if norm:
            yield (norm.name, *([act.name] if act else []), step.name)


def given(graph: Graph) -> list[str]:
    """The values that the network gives out."""
    return [value for _, value in (*features(graph), *graph.outputs)]


def recomputed(graph: Graph) -> set[str]:
    """The items at the top whose insides are computed again."""
    return set() if graph.recompute == PREACT else {item.name for item in _listed(graph)}


def without_effect(graph: Graph, tree: Tree) -> Iterable[Diagnostic]:
    """FC206 for `recompute` where there is nothing to compute again."""
    key = ("recompute",)
    if isinstance(graph.recompute, str):
        if any(True for _ in regions(graph)):
            return
        what = {PREACT: "a norm before a convolution", STAGES: "a stage of several operations"}
        message = f"the network has nowhere {what[graph.recompute]}, so nothing is recomputed"
        help_ = ("name the stages to recompute", "or remove the line")
        yield Diagnostic("FC206", message, tree.key_span(key), help=help_)
        return
    single = {item.name for item in graph.children[""] if isinstance(item, Node)}
    written = tree.value["recompute"]
    assert isinstance(written, list), "it is no word"
    for index, name in enumerate(written):
        if name in single:
            message = f"`{name}` is one operation, which has no insides to recompute"
            span = tree.value_span((*key, index))
            yield Diagnostic("FC206", message, span, help=("take it off the list",))


def _listed(graph: Graph) -> list[Item]:
    """The items at the top that are stages and named, or all where all are meant."""
    inside: list[Item] = [i for i in graph.children[""] if not isinstance(i, Node)]
    named = set(graph.recompute)
    return inside if graph.recompute == STAGES else [item for item in inside if item.name in named]


def _step(item: Item) -> Step:
    if isinstance(item, Node):
        return Step(item.name, type(item.op), item.inputs)
    return Step(item.output, None, item.inputs)


def _is_convolution(op: type[Op]) -> bool:
    return op.gradient == "weighted" and op.module() is not None
