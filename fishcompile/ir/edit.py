"""Edits of a graph, for passes: each gives a new graph and leaves the old one as it is.

An edit takes many changes at once, so that a pass over a large graph stays linear. Between edits a
graph may be unsound, as where a node is gone that is still read; after a pass `verify` holds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from fishcompile.ir.graph import Graph, Node, Scope


def readers(graph: Graph) -> dict[str, tuple[str, ...]]:
    """The nodes that read each value, in order, one that reads it twice twice.

    A node that takes no more than a value's size is not among them; see `Node.data`.
    """
    found: dict[str, list[str]] = {name: [] for name in graph.types}
    for node in graph.nodes:
        for name in node.data:
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
