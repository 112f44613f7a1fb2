"""Edits of a graph, for passes: each gives a new graph and leaves the old one as it is.

An edit takes many changes at once, so that a pass over a large graph stays linear. Between edits a
graph may be unsound, as where a node is gone that is still read; after a pass `verify` holds it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from fishcompile.ir.graph import SEQUENTIAL, Graph, Node, Scope

_Item = TypeVar("_Item", Node, Scope)


def readers(graph: Graph, *, sizes: bool = False) -> dict[str, tuple[str, ...]]:
    """The nodes that read each value, in order, one that reads it twice twice.

    A node that takes no more than a value's size is among them only with `sizes`; see `Node.data`.
    """
    found: dict[str, list[str]] = {name: [] for name in graph.types}
    for node in graph.nodes:
        for name in node.inputs if sizes else node.data:
            found[name].append(node.name)
    return {name: tuple(nodes) for name, nodes in found.items()}


def named(graph: Graph) -> frozenset[str]:
    """The values that taps and outputs name, which have to stay what they are."""
    return frozenset(value for _, value in (*graph.taps, *graph.outputs))


def replace_uses(graph: Graph, new: Mapping[str, str]) -> Graph:
    """The graph with other values read: each key of `new` gives way to its value.

    That holds for nodes, for what scopes take and give, for taps and outputs. What was read stays,
    unread. A value that gives way to one that gives way itself does so to the last.
    """
    last = {name: _last(name, new) for name in new}

    def of(names: Iterable[str]) -> tuple[str, ...]:
        return tuple(last.get(name, name) for name in names)

    def pairs(given: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        return tuple((name, last.get(value, value)) for name, value in given)

    return replace(
        graph,
        nodes=tuple(node._replace(inputs=of(node.inputs)) for node in graph.nodes),
        scopes=tuple(
            s._replace(inputs=of(s.inputs), output=last.get(s.output, s.output))
            for s in graph.scopes
        ),
        taps=pairs(graph.taps),
        outputs=pairs(graph.outputs),
    )


def replace_nodes(graph: Graph, new: Mapping[str, tuple[Node, ...]]) -> Graph:
    """The graph with each node that `new` names given way to others, in its place.

    By none it is dropped; by itself and one more, that one is put before or behind it. A scope that
    is left without a node goes, and a kind without a scope.
    """
    nodes = tuple(made for node in graph.nodes for made in new.get(node.name, (node,)))
    held = {""}
    for node in nodes:
        path = node.scope
        while path not in held:
            held.add(path)
            path = path.rpartition(".")[0]
    scopes = tuple(scope for scope in graph.scopes if scope.name in held)
    kept = {scope.kind for scope in scopes}
    kinds = tuple(kind for kind in graph.kinds if kind.name in kept)
    return replace(graph, nodes=nodes, scopes=scopes, kinds=kinds)


def without_scopes(graph: Graph, nodes: Iterable[str]) -> tuple[Graph, dict[str, str]]:
    """The graph without the scopes around `nodes`, and the new path of each node in them.

    What stood in them stands at the top, `body2.refine.0.conv1.bn` as `body2_refine_0_conv1_bn`,
    and reads constants where it had formulas over the parameters of a block that is gone.
    """
    scopes = {scope.name: scope for scope in graph.scopes}
    gone = {scope.name for node in nodes for scope in around(scopes, node)}
    new: dict[str, str] = {}
    taken = {item.name for item in graph.children[""]} | {value.name for value in graph.inputs}
    for path in (*scopes, *(node.name for node in graph.nodes)):
        parent, _, local = path.rpartition(".")
        moved = f"{new[parent]}{'_' if parent in gone else '.'}{local}" if parent in new else path
        while moved != path and moved in taken:
            moved += "_"
        if moved != path or path in gone:
            new[path] = moved
            taken.add(moved)

    def orphan(path: str) -> bool:
        blocks = (scope for scope in around(scopes, path) if scope.kind != SEQUENTIAL)
        return next((scope.name in gone for scope in blocks), True)

    def of(names: Iterable[str]) -> tuple[str, ...]:
        return tuple(new.get(name, name) for name in names)

    def item(old: _Item) -> _Item:
        kept = () if orphan(old.name) else old.formulas
        return old._replace(name=new.get(old.name, old.name), inputs=of(old.inputs), formulas=kept)

    kept = [scope for scope in graph.scopes if scope.name not in gone]
    scopes_ = tuple(item(s)._replace(output=new.get(s.output, s.output)) for s in kept)
    kinds = {scope.kind for scope in kept}
    after = replace(
        graph,
        nodes=tuple(item(node) for node in graph.nodes),
        scopes=scopes_,
        taps=tuple((name, new.get(value, value)) for name, value in graph.taps),
        outputs=tuple((name, new.get(value, value)) for name, value in graph.outputs),
        kinds=tuple(kind for kind in graph.kinds if kind.name in kinds),
        skipped=tuple(
            s._replace(name=new.get(s.scope, s.scope) + "." + s.local, source=of((s.source,))[0])
            for s in graph.skipped
            if s.scope and s.scope not in gone
        ),
    )
    return after, {node.name: new[node.name] for node in graph.nodes if node.name in new}


def chain(
    graph: Graph, start: str, read: Mapping[str, tuple[str, ...]], stays: Callable[[Node], bool]
) -> tuple[Node, ...]:
    """The nodes from `start` on that `stays` takes, each the one reader of the one before it."""
    found: list[Node] = []
    while stays(graph.node[start]):
        found.append(graph.node[start])
        if start in named(graph) or len(read[start]) != 1:
            break
        (start,) = read[start]
    return tuple(found)


def free(graph: Graph, name: str) -> str:
    """A name at the top that no value and no scope of the graph has, `name` if it is."""
    taken = {scope.name for scope in graph.scopes}
    while name in taken or name in graph.types:
        name += "_"
    return name


def with_fields(node: Node, **numbers: Any) -> Node:
    """The node with other numbers in its op, which are constants from then on."""
    formulas = tuple(pair for pair in node.formulas if pair[0] not in numbers)
    return node._replace(op=replace(node.op, **numbers), formulas=formulas)


def around(scopes: Mapping[str, Scope], path: str) -> tuple[Scope, ...]:
    """The scopes that enclose `path`, a scope's or a node's, from the innermost outwards."""
    found = []
    while path := path.rpartition(".")[0]:
        found.append(scopes[path])
    return tuple(found)


def _last(name: str, new: Mapping[str, str]) -> str:
    seen = {name}
    while name in new:
        name = new[name]
        assert name not in seen, f"{name} gives way to itself"
        seen.add(name)
    return name
