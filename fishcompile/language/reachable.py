"""Which of the blocks that a spec defines its network is made of."""

from __future__ import annotations

from collections.abc import Iterable

from fishcompile.language.graph_spec import Definition, NodeSpec, StageNode


def reachable(
    definitions: tuple[Definition, ...], nodes: Iterable[StageNode]
) -> tuple[Definition, ...]:
    """The blocks that the nodes are made of: the others mean nothing for the network."""
    by_name = {definition.name: definition for definition in definitions}
    used: set[str] = set()
    todo = [node.config.kind for node in nodes if isinstance(node.config, NodeSpec)]
    while todo:
        kind = todo.pop()
        if kind in by_name and kind not in used:
            used.add(kind)
            todo += [str(dict(node.keys)["kind"]) for node in by_name[kind].nodes]
    return tuple(definition for definition in definitions if definition.name in used)
