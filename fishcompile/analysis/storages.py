"""Storages: the memory that each value lies in, and what autograd keeps of each op, in bytes."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from fishcompile.ir.graph import Graph, Node
from fishcompile.ops.base import Extra, Op
from fishcompile.ops.tensor import TensorType
from fishcompile.record import record


@record
class Kept:
    """What autograd keeps of one node until its backward: storages by name, and bytes of its own.

    `passing` are bytes of what the op makes beside its output and is gone when it has run.
    """

    storages: tuple[str, ...] = ()
    own: int = 0
    passing: int = 0


@record
class Storages:
    """By value: its storage, which is called as the value that it was made for, and the bytes.

    `kept` is by node, as are the bytes of the parameters, `trained`; `needs` are the values that a
    gradient comes back to. All is for one batch, in evaluation without gradients or in training.
    """

    of: dict[str, str]
    sizes: dict[str, int]
    kept: dict[str, Kept]
    trained: dict[str, int]
    needs: set[str]


def storages(
    graph: Graph, nodes: Sequence[Node], batch: int, width: int, *, training: bool
) -> Storages:
    """The storages of `nodes`, in the order in which they run; `width` is the bytes of a number."""
    types = graph.types
    found = Storages({}, {}, {}, {}, set())
    for value in graph.inputs:
        found.of[value.name] = value.name
        found.sizes[value.name] = value.type.elements * batch * width
    known: dict[tuple[int, int], tuple[int, int, tuple[Extra, ...]]] = {}
    for node in nodes:
        both = id(node.op), id(node.type)  # repeated blocks share theirs, as objects
        facts = known.get(both)
        if facts is None:
            inputs = tuple([types[name] for name in node.inputs])
            facts = known[both] = _facts(node.op, inputs, node.type)
        stored, trained, extras = facts
        name, views = node.name, node.op.views
        view = views == "always" or (views == "evaluation" and not training)
        found.of[name] = found.of[node.inputs[0]] if view else name
        if not view:
            found.sizes[name] = stored * batch * width
        found.trained[name] = trained * width
        keeps = training and (trained > 0 or not found.needs.isdisjoint(node.data))
        if keeps:
            found.needs.add(name)
        own = passing = 0
        for extra in extras:
            if training or not extra.training:
                size = extra.elements * (batch if extra.batched else 1) * (extra.width or width)
                own += size if keeps and extra.saved else 0
                passing += 0 if keeps and extra.saved else size
        found.kept[name] = Kept(_saved(node, found) if keeps else (), own, passing)
    return found


def _facts(
    op: Op, inputs: tuple[TensorType, ...], output: TensorType
) -> tuple[int, int, tuple[Extra, ...]]:
    trained = sum(prod(entry.shape) for entry in op.state() if entry.trained)
    return op.stored(inputs, output), trained, op.extras(inputs, output)


def _saved(node: Node, found: Storages) -> tuple[str, ...]:
    """The storages that autograd keeps of a node, each once."""
    kept: dict[str, None] = {}
    for word in node.op.saved():
        if word == "output":
            kept[found.of[node.name]] = None
            continue
        for at, name in enumerate(node.data):
            others = (*node.data[:at], *node.data[at + 1 :])
            if word == "inputs" or not found.needs.isdisjoint(others):
                kept[found.of[name]] = None
    return tuple(kept)
