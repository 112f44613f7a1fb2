"""Memoised expansion: what a block expanded to, with names relative to it, to be placed elsewhere.

A network repeats its blocks, and so do the networks of a sweep: blocks of equal type, parameters
and input types expand to the same nodes but for their names. Formulas speak of the block's own
parameters, so they repeat as well. A builder keeps the expansions of its graph. Those of blocks
that mean the same in every spec are kept for the graphs to come, up to a bound.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from fishcompile.ir.foreign import is_foreign
from fishcompile.ir.graph import Kind, Node, Scope, Skipped, Value
from fishcompile.ops.tensor import TensorType
from fishcompile.record import record

if TYPE_CHECKING:
    from fishcompile.ir.block import Block

Renamed = tuple[list[Node], list[Scope], list[Skipped]]

MAX_KEPT = 50_000  # nodes and scopes for the graphs to come, some 20 MB

_kept: dict[Hashable, Expansion] = {}
_size = 0


@record
class Expansion:
    """Nodes, scopes and what is left out below a path, and the output; inputs are named #0, #1.

    `kinds` are those of the block and of all in it, in the order in which they are met; `parts`
    the different blocks among these by key, each with the operations that it adds itself.
    """

    nodes: Sequence[Node]
    scopes: Sequence[Scope]
    skipped: Sequence[Skipped]
    output: str
    output_type: TensorType
    kinds: dict[type[Block], None]
    parts: dict[Hashable, int]


@dataclass(slots=True)
class Met:
    """What is met in a block that is being expanded; `fresh` where it is not counted yet."""

    fresh: bool
    kinds: dict[type[Block], None]
    parts: dict[Hashable, int] = field(default_factory=dict)
    operations: int = 0


def lasts(block: Block) -> bool:
    """Whether the expansion of a block serves other graphs; that of a plug-in's block does not."""
    # by way of the class: a block that a spec defines may have a parameter of that name
    return not is_foreign(type(block)) and type(block).lasts(block)


@lru_cache(512)  # and no more: a spec's own blocks have classes of their own
def described(kind: type[Block]) -> Kind:
    """What the blocks of a class share."""
    return kind.kind()


def keep(key: Hashable, expansion: Expansion) -> None:
    """Keeps an expansion for other graphs, in the place of the oldest if there are many."""
    global _size
    if key in _kept:
        return
    _kept[key] = expansion
    _size += _weight(expansion)
    while _size > MAX_KEPT:
        _size -= _weight(_kept.pop(next(iter(_kept))))


def kept(key: Hashable) -> Expansion | None:
    """What another graph kept under the key."""
    return _kept.get(key)


def _weight(expansion: Expansion) -> int:
    return len(expansion.nodes) + len(expansion.scopes) + 1


def relative(
    path: str,
    inputs: Sequence[Value],
    output: Value,
    nodes: Sequence[Node],
    scopes: Sequence[Scope],
    skipped: Sequence[Skipped],
    met: Met | None,
) -> Expansion:
    """What has just been expanded at `path`; without `met` for its own graph alone."""
    names = {value.name: f"#{index}" for index, value in enumerate(inputs)}
    below = len(path)

    def local(name: str) -> str:
        return names[name] if name in names else name[below:]

    return Expansion(
        *_renamed(nodes, scopes, skipped, local),
        local(output.name),
        output.type,
        met.kinds if met else {},
        met.parts if met else {},
    )


def placed(expansion: Expansion, path: str, inputs: Sequence[Value]) -> tuple[Renamed, str]:
    """The nodes, scopes and what is left out at `path`, and the name of the output."""
    names = {f"#{index}": value.name for index, value in enumerate(inputs)}

    def absolute(name: str) -> str:
        return names[name] if name in names else path + name

    made = _renamed(expansion.nodes, expansion.scopes, expansion.skipped, absolute)
    return made, absolute(expansion.output)


def _renamed(
    nodes: Sequence[Node],
    scopes: Sequence[Scope],
    skipped: Sequence[Skipped],
    new: Callable[[str], str],
) -> Renamed:
    return (
        [
            Node(new(name), op, tuple([new(value) for value in read]), type_, formulas)
            for name, op, read, type_, formulas in nodes
        ],
        [
            Scope(new(name), kind, params, formulas, tuple(map(new, read)), new(output))
            for name, kind, params, formulas, read, output in scopes
        ],
        [Skipped(new(name), new(source), when, after) for name, source, when, after in skipped],
    )
