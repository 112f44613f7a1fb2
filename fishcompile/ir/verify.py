"""What every graph keeps: the checks that run after each pass, and in tests.

A graph that breaks one of them is a bug of what made it, never of a spec.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from fishcompile.ir.graph import SEQUENTIAL, Graph, Item, Node, Scope
from fishcompile.ir.symbols import numbers_of
from fishcompile.ops.base import ShapeError
from fishcompile.ops.formula import Formula, evaluate


class BrokenGraphError(AssertionError):
    """A graph does not keep what every graph keeps; the message says what, and where."""


def verify(graph: Graph) -> None:
    """Raises BrokenGraphError unless the graph is sound.

    Names are unique. A node reads only what stands before it, and its type is what its op infers.
    Scopes and nodes stand in a scope that was opened, see of another scope no value but its output,
    and a scope gives out what is seen in it; a Sequential is a chain of `count` scopes. Each
    formula gives the number that it stands beside. Taps and outputs name values that are seen at
    the top.
    """
    for problem in _problems(graph):
        raise BrokenGraphError(f"{graph.name}: {problem}")


def _problems(graph: Graph) -> Iterator[str]:
    """What is wrong. Each group of checks relies on those before it, so only the first counts."""
    yield from _names(graph)
    yield from _parents(graph)
    yield from _nodes(graph)
    yield from _scopes(graph)
    yield from _formulas(graph)
    yield from _named(graph)


def _names(graph: Graph) -> Iterator[str]:
    names = [value.name for value in graph.inputs]
    names += [scope.name for scope in graph.scopes] + [node.name for node in graph.nodes]
    taps = [f"the tap {name}" for name, _ in graph.taps]
    outputs = [f"the output {name}" for name, _ in graph.outputs]
    for group in (names, taps, outputs):
        yield from (f"{name} is there {n} times" for name, n in Counter(group).items() if n > 1)


def _parents(graph: Graph) -> Iterator[str]:
    opened = {""}
    for scope in graph.scopes:
        if scope.parent not in opened:
            yield f"the scope {scope.name} stands before the one around it"
        if scope.kind != SEQUENTIAL and scope.kind not in graph.kind:
            yield f"the scope {scope.name} is a {scope.kind}, which is no kind of this graph"
        opened.add(scope.name)
    for node in graph.nodes:
        if node.scope not in opened:
            yield f"{node.name} stands in no scope of this graph"
    for scope in graph.scopes:
        if not graph.children[scope.name]:
            yield f"the scope {scope.name} is empty"


def _nodes(graph: Graph) -> Iterator[str]:
    types = {value.name: value.type for value in graph.inputs}
    for node in graph.nodes:
        missing = [name for name in node.inputs if name not in types]
        if missing:
            yield f"{node.name} reads {missing[0]}, which nothing before it makes"
            return
        try:
            type_ = node.op.infer(*(types[name] for name in node.inputs))
        except ShapeError as error:
            yield f"{node.name} does not fit its inputs: {error.message}"
            return
        if type_ != node.type:
            yield f"{node.name} is said to be {node.type}, and its op makes {type_}"
        types[node.name] = node.type


def _scopes(graph: Graph) -> Iterator[str]:
    """What a scope's children may read: its inputs, and what stands before them directly in it."""
    top = [value.name for value in graph.inputs]
    yield from _seen("", top, graph.children[""])
    for scope in graph.scopes:
        inside = graph.children[scope.name]
        yield from _seen(scope.name, scope.inputs, inside)
        if scope.output not in {*scope.inputs, *map(_made, inside)}:
            yield f"the scope {scope.name} gives out {scope.output}, which is not made in it"
        if scope.kind == SEQUENTIAL:
            yield from _chain(scope, inside)


def _seen(path: str, inputs: Iterable[str], inside: Iterable[Item]) -> Iterator[str]:
    seen = set(inputs)
    for item in inside:
        for name in item.inputs:
            if name not in seen:
                where = f"the scope {path}" if path else "the top"
                yield f"{item.name} reads {name}, which {where} does not see"
        seen.add(_made(item))


def _chain(scope: Scope, inside: tuple[Item, ...]) -> Iterator[str]:
    """A Sequential calls its blocks by turns with what the one before gives."""
    names = [item.local for item in inside]
    if names != [str(index) for index in range(len(inside))]:
        yield f"the blocks of {scope.name} are not numbered from 0: {', '.join(names)}"
    if dict(scope.params).get("count") != len(inside):
        yield f"{scope.name} does not count its {len(inside)} blocks"
    x = scope.inputs
    for item in inside:
        if not isinstance(item, Scope) or item.inputs != x:
            yield f"{item.name} does not read what the block before it gives"
        x = (_made(item),)
    if (scope.output,) != x:
        yield f"{scope.name} does not give what its last block gives"


def _formulas(graph: Graph) -> Iterator[str]:
    scopes = {scope.name: scope for scope in graph.scopes}
    params = {scope.name: dict(scope.params) for scope in graph.scopes}

    def of(item: Item, given: dict[str, int]) -> Iterator[str]:
        path = item.name.rpartition(".")[0]
        while path and scopes[path].kind == SEQUENTIAL:
            path = scopes[path].parent
        yield from _wrong(item, given, item.formulas, params.get(path, {}))

    for scope in graph.scopes:
        yield from of(scope, params[scope.name])
    for node in graph.nodes:
        yield from of(node, dict(numbers_of(node.op)))


def _wrong(
    item: Item,
    given: dict[str, int],
    formulas: Iterable[tuple[str, Formula]],
    known: dict[str, int],
) -> Iterator[str]:
    for name, formula in formulas:
        try:
            value = evaluate(formula, known)
        except KeyError as error:
            yield f"{name} of {item.name} reads {error}, which the block around it does not have"
            continue
        if given.get(name) != value:
            yield f"{name} of {item.name} is {given.get(name)}, and {formula} is {value}"


def _named(graph: Graph) -> Iterator[str]:
    seen = {value.name for value in graph.inputs} | {_made(item) for item in graph.children[""]}
    for what, pairs in (("tap", graph.taps), ("output", graph.outputs)):
        for name, value in pairs:
            if value not in seen:
                yield f"the {what} {name} names {value}, which the top does not see"


def _made(item: Item) -> str:
    return item.name if isinstance(item, Node) else item.output
