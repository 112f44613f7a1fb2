"""The schedule: the ops in the order in which the emitted module runs them, and what each frees.

A value is alive while something of Python holds it: the caller of a block its arguments, an
expression what it is not done with, a name the value that it was given last. `frames.py` says which
values have one. What autograd keeps is not looked at here, so the schedule is of any size, batch
and mode.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from fishcompile.analysis.features import features
from fishcompile.analysis.frames import Frame, is_function, named_values, value_of
from fishcompile.ir.graph import SEQUENTIAL, Graph, Item, Node, Scope
from fishcompile.record import record


@record
class Schedule:
    """The nodes in the order in which they run, and for each value the last step that it lives in.

    A value that the caller of the network holds, the image and the outputs, has the number of steps
    as its last.
    """

    nodes: tuple[Node, ...]
    last: dict[str, int]


def schedule(graph: Graph) -> Schedule:
    """The order and the lives of a graph's values. It is the same at every size."""
    return _scheduled(_ByIdentity(graph))


class _ByIdentity:
    """A graph that is like no other: to compare two takes longer than to run one."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    def __hash__(self) -> int:
        return id(self.graph)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByIdentity) and other.graph is self.graph


@lru_cache(8)  # a sweep over sizes and batches asks for the same one again
def _scheduled(key: _ByIdentity) -> Schedule:
    runner = _Runner(key.graph)
    runner.network()
    return Schedule(tuple(runner.nodes), runner.last)


class _Runner:
    """Runs the frames of a graph without computing anything."""

    def __init__(self, graph: Graph) -> None:
        self.nodes: list[Node] = []
        self.last: dict[str, int] = {}
        self._graph = graph
        self._known: dict[object, list[tuple[int, int | None]]] = {}

    def network(self) -> None:
        """The network's own methods: the features, then what reads them."""
        graph = self._graph
        items = graph.children[""]
        image = graph.inputs[0].name
        taps = [value for _, value in features(graph)]
        outputs = list(dict.fromkeys(value for _, value in graph.outputs))
        given = outputs or taps
        needed = set(taps)
        for item in reversed(items):
            if value_of(item) in needed:
                needed.update(item.inputs)
        trunk = [item for item in items if value_of(item) in needed]
        heads = [item for item in items if value_of(item) not in needed]
        if taps:
            read = [name for item in heads for name in item.inputs] + outputs
            made = {value_of(item) for item in trunk}
            border = [name for name in dict.fromkeys(read) if name in made]
            kept = taps if set(border) <= set(taps) else list(dict.fromkeys([*taps, *border]))
            self._frame(Frame({image: "x"}, trunk, kept, stages=True, by_name=True))
            alone = len(border) == 1 and read.count(border[0]) == 1 and image not in read
            texts = dict.fromkeys(border, 'self.forward_features(x)["c4"]')
            if not alone:
                texts = {name: f'features["{name}"]' for name in border}
            if heads:
                several = len(outputs) > 1
                self._frame(Frame({image: "x", **texts}, heads, outputs, True, several))
                self._hold(() if alone else kept)
        else:
            self._frame(Frame({image: "x"}, heads, outputs, True, len(outputs) > 1))
        self.last.update(dict.fromkeys([image, *given], len(self.nodes)))

    def _item(self, item: Item) -> None:
        """Runs an op, or the method of a block."""
        if isinstance(item, Node):
            self.nodes.append(item)
        elif item.kind == SEQUENTIAL:
            for child in self._graph.children[item.name]:
                self._item(child)
                self._hold(child.inputs)
        else:
            names = dict(zip(item.inputs, _arguments(self._graph, item), strict=False))
            self._frame(Frame(names, self._graph.children[item.name], [item.output]))

    def _frame(self, frame: Frame) -> None:
        """Runs the items of a method: what is named in its turn, the rest where it is read."""
        todo = {value_of(item): item for item in frame.items}
        bound: dict[str, str] = {}
        for value, name in self._named(frame):
            self._evaluate(value, todo)
            if name in bound:
                self._hold([bound[name]])
            bound[name] = value
        for value in frame.outputs:
            self._evaluate(value, todo)
        for value in list(todo):  # what nothing reads is run for nothing
            self._evaluate(value, todo)
        self._hold([*bound.values(), *frame.outputs])

    def _named(self, frame: Frame) -> list[tuple[str, str]]:
        """`named_values`, worked out once for all frames that look alike."""
        values = [*frame.arguments, *map(value_of, frame.items)]
        at = {value: index for index, value in enumerate(values)}
        key = (
            *frame.arguments.values(),
            *((i.local, _what(i), *[at[v] for v in i.inputs]) for i in frame.items),
            *(at[value] for value in frame.outputs),
        )
        if frame.stages or key not in self._known:
            named = named_values(frame)
            texts = list(frame.arguments.values())
            self._known[key] = [
                (at[value], texts.index(name) if name in texts else None) for value, name in named
            ]
            return named
        texts = list(frame.arguments.values())
        return [
            (values[value], values[value] if name is None else texts[name])
            for value, name in self._known[key]
        ]

    def _evaluate(self, value: str, todo: dict[str, Item]) -> None:
        item = todo.pop(value, None)
        if item is None:
            return
        for operand in item.inputs:
            self._evaluate(operand, todo)
        self._item(item)
        self._hold(item.inputs)

    def _hold(self, values: Sequence[str]) -> None:
        """The values are alive in the step that has just been taken."""
        now = len(self.nodes) - 1
        for value in values:
            self.last[value] = now


def _what(item: Item) -> object:
    """What the text of an item depends on, beside its name and its operands."""
    if not isinstance(item, Node):
        return item.kind
    if not is_function(item):
        return type(item.op)
    return type(item.op), *vars(item.op).values(), *[name for name, _ in item.formulas]


def _arguments(graph: Graph, scope: Scope) -> tuple[str, ...]:
    return graph.kind[scope.kind].arguments
