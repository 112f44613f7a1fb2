"""Convolution-free paths: from which values a gradient comes back without crossing a weight.

Source: Sun et al. 2018. A path is free where every op on it is linear or picks
elements, and has no weights, as each op says of itself: sums, concatenations, pooling, r(x) are.
Convolutions, normalisations and gates are not. An activation is, by itself: the post-activation
blocks of ResNet have one behind each sum, and no convolution there. Paths end at the input of the
classifier, whose score convolution every network has, and at the taps.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from fishcompile.ir.graph import Graph
from fishcompile.record import record

CROSSED_FREELY = ("free", "activation")


@record
class DeadEnd:
    """A value without a free path: the convolutions that its ways forward first meet.

    `through` are the other dead ends that it reaches freely: where they open, it opens too.
    """

    convolutions: tuple[str, ...]
    through: tuple[str, ...]


def dead_ends(
    graph: Graph, starts: Mapping[str, str], ends: Iterable[str], opened: Collection[str] = ()
) -> dict[str, DeadEnd]:
    """Which of the `starts` (value by name) have no free path to any of the `ends`.

    `starts` are in the order of the data. The convolutions in `opened` count as free, with the
    normalisation and activation of their units.
    """
    free = _free(graph, opened)
    reached = _backwards(graph, ends, free)
    readers: dict[str, list[str]] = defaultdict(list)
    for node in graph.nodes:
        for value in node.data:
            readers[value].append(node.name)
    convolving = {node.name for node in graph.nodes if node.op.gradient == "weighted"}
    closed = {value: name for name, value in starts.items() if value not in reached}
    return {
        name: _forwards(value, readers, free, convolving, closed) for value, name in closed.items()
    }


def _free(graph: Graph, opened: Collection[str]) -> set[str]:
    """The nodes that a free path may cross."""
    nodes = {node.name: node for node in graph.nodes}
    free = {node.name for node in graph.nodes if node.op.gradient in CROSSED_FREELY}
    units = {nodes[name].scope for name in opened}  # a ConvNormAct has its norm behind
    free.update(n.name for n in graph.nodes if n.scope in units and n.op.gradient == "norm")
    for name in opened:
        free.add(name)
        before = nodes.get(nodes[name].inputs[0])
        while before is not None and before.op.gradient in ("activation", "norm"):
            free.add(before.name)
            before = nodes.get(before.inputs[0])
    return free


def _backwards(graph: Graph, ends: Iterable[str], free: set[str]) -> set[str]:
    """The values that have a free path to one of the ends."""
    nodes = {node.name: node for node in graph.nodes}
    reached: set[str] = set()
    todo = list(ends)
    while todo:
        value = todo.pop()
        if value not in reached:
            reached.add(value)
            todo.extend(nodes[value].data if value in free else ())
    return reached


def _forwards(
    start: str,
    readers: Mapping[str, list[str]],
    free: set[str],
    convolving: set[str],
    closed: Mapping[str, str],
) -> DeadEnd:
    """What the ways forward from a value first meet; they end where another dead end begins."""
    convolutions: list[str] = []
    through: list[str] = []
    seen = {start}
    todo = list(readers[start])
    for name in todo:  # the list grows while it is walked
        if name in seen:
            continue
        seen.add(name)
        if name in convolving and name not in free:
            convolutions.append(name)
        elif name in closed and name in free:
            through.append(closed[name])
        else:  # what is neither free nor a convolution leads to one
            todo.extend(readers[name])
    return DeadEnd(tuple(convolutions), tuple(through))
