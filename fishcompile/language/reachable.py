"""Which of the blocks that a spec defines its network is made of."""

from __future__ import annotations

from collections.abc import Iterable

from fishcompile.language.graph_spec import Config, Definition, NodeSpec, StageNode
from fishcompile.language.spec import BlockSpec
from fishcompile.reader.tree import Plain


def reachable(
    definitions: tuple[Definition, ...], nodes: Iterable[StageNode]
) -> tuple[Definition, ...]:
    """The blocks that the nodes are made of: the others mean nothing for the network."""
    by_name = {definition.name: definition for definition in definitions}
    used: set[str] = set()
    todo = [kind for node in nodes for kind in _kinds(node.config)]
    while todo:
        kind = todo.pop()
        if kind in by_name and kind not in used:
            used.add(kind)
            todo += [name for node in by_name[kind].nodes for name in _inner(dict(node.keys))]
    return tuple(definition for definition in definitions if definition.name in used)


def _kinds(config: Config) -> tuple[str, ...]:
    """What a node is, or what the residual blocks of it are."""
    if isinstance(config, NodeSpec):
        return (config.kind,)
    block = getattr(config, "block", None)
    return (block.kind,) if isinstance(block, BlockSpec) else ()


def _inner(keys: dict[str, Plain]) -> tuple[str, ...]:
    block = keys.get("block")
    kinds = (keys["kind"], block.get("kind") if isinstance(block, dict) else block)
    return tuple(kind for kind in kinds if isinstance(kind, str))
