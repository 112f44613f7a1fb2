"""Storages: the memory that each value lies in, and what autograd keeps of each op, in bytes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import prod

from fishcompile.analysis.schedule import Schedule
from fishcompile.ir.graph import Graph, Node
from fishcompile.ops.base import Extra, Op, Saved
from fishcompile.ops.tensor import TensorType
from fishcompile.record import record


@record
class OpMemory:
    """What an op takes on given inputs, in numbers: of its output, parameters and buffers.

    `counters` are buffers of one int64 each. The rest is what the op says of itself.
    """

    stored: int
    parameters: tuple[int, ...]
    buffers: int
    counters: int
    extras: tuple[Extra, ...]
    saved: tuple[Saved, ...]


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

    `kept` is by node; `needs` are the values that a gradient comes back to. All is for one batch,
    in evaluation without gradients or in training.
    """

    of: dict[str, str]
    sizes: dict[str, int]
    kept: dict[str, Kept]
    needs: set[str]


@record
class Again:
    """Going over nodes again takes `most` bytes, of which `left` are kept for their backward."""

    most: int
    left: int


@record
class Recomputed:
    """What is kept in the forward, and in the backward; and what the backward begins with.

    `again` is by the node before whose backward something is computed again.
    """

    forward: Storages
    backward: Storages
    again: dict[str, Again]


def op_memory(graph: Graph) -> dict[str, OpMemory]:
    """What the op of each node takes."""
    types = graph.types
    known: dict[tuple[int, int], OpMemory] = {}  # repeated blocks share theirs, as objects
    found: dict[str, OpMemory] = {}
    for node in graph.nodes:
        both = id(node.op), id(node.type)
        memory = known.get(both)
        if memory is None:
            inputs = tuple([types[name] for name in node.inputs])
            memory = known[both] = _op_memory(node.op, inputs, node.type)
        found[node.name] = memory
    return found


@lru_cache(4096)  # an editor or a sweep asks for the same ones again
def _op_memory(op: Op, inputs: tuple[TensorType, ...], output: TensorType) -> OpMemory:
    state = op.state()
    beside = [entry.shape for entry in state if not entry.trained]
    return OpMemory(
        op.stored(inputs, output),
        tuple([prod(entry.shape) for entry in state if entry.trained]),
        sum(prod(shape) for shape in beside if shape),
        sum(not shape for shape in beside),
        op.extras(inputs, output),
        op.saved(),
    )


def storages(
    graph: Graph,
    nodes: Sequence[Node],
    ops: dict[str, OpMemory],
    batch: int,
    width: int,
    *,
    training: bool,
) -> Storages:
    """The storages of `nodes`, in the order in which they run; `width` is the bytes of a number."""
    found = Storages({}, {}, {}, set())
    each = batch * width
    for value in graph.inputs:
        found.of[value.name] = value.name
        found.sizes[value.name] = value.type.elements * each
    for node in nodes:
        name, op = node.name, ops[node.name]
        views = node.op.views
        if views != "never" and (views == "always" or not training):
            found.of[name] = found.of[node.inputs[0]]
        else:
            found.of[name] = name
            found.sizes[name] = op.stored * each
        keeps = training and (bool(op.parameters) or not found.needs.isdisjoint(node.data))
        if keeps:
            found.needs.add(name)
        elif not op.extras:
            found.kept[name] = _NOTHING
            continue
        own = passing = 0
        for extra in op.extras:
            if training or not extra.training:
                size = extra.elements * (batch if extra.batched else 1) * (extra.width or width)
                own += size if keeps and extra.saved else 0
                passing += 0 if keeps and extra.saved else size
        found.kept[name] = Kept(_saved(node, op, found) if keeps else (), own, passing)
    return found


_NOTHING = Kept()


def _saved(node: Node, op: OpMemory, found: Storages) -> tuple[str, ...]:
    """The storages that autograd keeps of a node, each once."""
    kept: dict[str, None] = {}
    for word in op.saved:
        if word == "output":
            kept[found.of[node.name]] = None
            continue
        for at, name in enumerate(node.data):
            others = (*node.data[:at], *node.data[at + 1 :])
            if word == "inputs" or not found.needs.isdisjoint(others):
                kept[found.of[name]] = None
    return tuple(kept)


def live_bytes(plan: Schedule, found: Storages) -> tuple[tuple[int, ...], int]:
    """Live bytes in each step, and after the last."""
    deaths: dict[str, int] = {}
    for step, node in enumerate(plan.nodes):
        storage = found.of[node.name]
        deaths[storage] = max(deaths.get(storage, 0), plan.last.get(node.name, step))
    for value, step in plan.last.items():
        storage = found.of[value]
        deaths[storage] = max(deaths.get(storage, 0), step)
    dying: dict[int, list[str]] = {}
    held = {storage for kept in found.kept.values() for storage in kept.storages}
    for storage, step in deaths.items():
        if storage not in held:
            dying.setdefault(step, []).append(storage)
    live = sum(size for name, size in found.sizes.items() if name not in found.kept)
    steps = []
    for step, node in enumerate(plan.nodes):
        kept = found.kept[node.name]
        live += kept.own
        if found.of[node.name] == node.name:
            live += found.sizes[node.name]
        steps.append(live + kept.passing)
        for storage in dying.get(step, ()):
            live -= found.sizes[storage]
    return tuple(steps), live
