"""The backward pass as autograd's engine runs it: live bytes while it goes over each op.

The engine takes the op that ran last first. The gradient of a value that several ops read is summed
as they are gone over: in the memory of the first where nothing else lies in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from fishcompile.analysis.schedule import Schedule
from fishcompile.analysis.storages import Again, OpMemory, Storages
from fishcompile.ir.graph import Graph, Node


def backward(
    graph: Graph,
    plan: Schedule,
    ops: dict[str, OpMemory],
    found: Storages,
    live: int,
    batch: int,
    width: int,
    again: Mapping[str, Again],
) -> tuple[int, ...]:
    """Live bytes while the backward of each step runs, given those after the forward.

    What has gone back over an op stays: the gradients of its parameters. `again` is what has to be
    computed again before the backward of a node.
    """
    outputs = dict.fromkeys(value for _, value in graph.outputs)
    gradients = _Gradients(graph, found.needs, batch * width)
    for value in outputs:
        if value in found.needs:
            gradients.begin(value)
    holders = Counter(each for kept in found.kept.values() for each in kept.storages)
    # what the caller holds stays
    holders.update(found.of[value] for value in (*outputs, *(v.name for v in graph.inputs)))
    steps = []
    for node in reversed(plan.nodes):
        if node.name not in gradients.of:
            steps.append(live + gradients.live)
            continue
        replay = again.get(node.name, _NOTHING)
        meanwhile = live + gradients.live + replay.most
        live += replay.left
        parts, passing = gradients.back(node)
        live += width * sum(ops[node.name].parameters)
        most = max(meanwhile, live + gradients.live + passing)
        gradients.drop(gradients.of.pop(node.name))
        kept = found.kept[node.name]
        live -= kept.own
        for storage in kept.storages:
            holders[storage] -= 1
            if not holders[storage]:
                live -= found.sizes[storage]
        for value, part in parts:
            most = max(most, live + gradients.arrive(value, part))
        steps.append(most)
    return tuple(reversed(steps))


_NOTHING = Again(0, 0)


class _Gradients:
    """The gradients that are alive: which memory each lies in, and who else lies there."""

    def __init__(self, graph: Graph, needs: set[str], number: int) -> None:
        self.of: dict[str, int] = {}
        self.live = 0
        self._graph = graph
        self._needs = needs
        self._number = number
        self._sizes: list[int] = []
        self._holders: list[int] = []

    def begin(self, value: str) -> None:
        """The gradient of an output, which whoever took the loss holds as well."""
        self.of[value] = self._new(self._size(value))
        self._holders[-1] += 1

    def back(self, node: Node) -> tuple[list[tuple[str, int]], int]:
        """The gradients of a node's operands, and the bytes that making them takes beside them."""
        passing = 0
        parts: list[tuple[str, int]] = []
        whole = self._size(node.name)
        for value in node.data:
            if value not in self._needs:
                continue
            size = self._size(value)
            pixel = self._graph.types[value].sides == (1, 1) and size < whole
            if node.op.passes_gradient and not (pixel and node.op.kind == "add"):
                parts.append((value, self.of[node.name]))
                self._holders[self.of[node.name]] += 1
                continue
            if pixel and "factors" in node.op.saves:
                passing = whole  # a product over the map, which is then summed
            parts.append((value, self._new(size)))
        return parts, passing

    def arrive(self, value: str, part: int) -> int:
        """Adds a gradient to what has come back to a value; the most bytes alive meanwhile."""
        if value not in self.of:
            self.of[value] = part
            return self.live
        old, size = self.of[value], self._size(value)
        if self._holders[old] == 1 and self._sizes[old] == size:
            most = self.live
        else:
            self.of[value] = self._new(size)
            most = self.live
            self.drop(old)
        self.drop(part)
        return most

    def drop(self, memory: int) -> None:
        """One gradient less lies in a memory."""
        self._holders[memory] -= 1
        if not self._holders[memory]:
            self.live -= self._sizes[memory]

    def _new(self, size: int) -> int:
        self._sizes.append(size)
        self._holders.append(1)
        self.live += size
        return len(self._sizes) - 1

    def _size(self, value: str) -> int:
        return self._graph.types[value].elements * self._number
