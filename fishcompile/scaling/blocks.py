"""Depths: where a spec writes how many blocks there are, and how many a factor makes of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction
from math import floor

from fishcompile.language.spec import SECTIONS, TransferSpec
from fishcompile.reader.tree import Path, Plain, Tree
from fishcompile.scaling.roles import Roles
from fishcompile.schema.kinds import built_in

_COUNTS: tuple[Path, ...] = (("blocks",), ("transfer", "blocks"))
# A parameter of a block of the spec may have the name, and count something else.
_COUNTING = (*SECTIONS, "bridge", "blocks")
_REPEATS: tuple[Path, ...] = (("repeat",),)


def read_counts(tree: Tree, roles: Roles, growing: Collection[Path]) -> dict[Path, int]:
    """The counts of blocks by path: those written, and those that a transfer leaves unwritten.

    `growing` are the places of repeats that are no depth.
    """
    found: dict[Path, int] = {}
    for entry, keys in _entries(tree, roles):
        for key in keys:
            value = _at(tree.value, (*entry, *key))
            if (*entry, *key) in growing and key != ("repeat",):
                continue
            if isinstance(value, int):
                found[*entry, *key] = value
            elif key[0] == "transfer" and _is_unwritten(tree, entry):
                found[*entry, *key] = TransferSpec.blocks
    return found


def scaled_count(count: int, factor: Fraction) -> tuple[int, str]:
    """A scaled count, half a block rounded up, and why it is not exact."""
    exact = count * factor
    new = floor(exact + Fraction(1, 2))
    if count and not new:
        return 1, "at least one block"
    return new, "" if new == exact else "a whole number, a half rounded up"


def _entries(tree: Tree, roles: Roles) -> Iterator[tuple[Path, tuple[Path, ...]]]:
    """All that may count blocks, in the order of the text, and where in it."""
    counting = {
        name: tuple((key,) for key, _ in block.parameters if roles.is_count(name, key))
        for name, block in roles.definitions.items()
    }
    for part in tree.value:
        if part == "bridge":
            yield (part,), _COUNTS
        elif part == "defaults":
            yield from (((part, section), _COUNTS) for section in SECTIONS)
        elif part in SECTIONS:
            yield from (((part, name), _COUNTS) for name in _mapping(tree.value[part]))
        elif part == "graph":
            yield from _nodes(tree, (part,), counting)
        elif part == "blocks":
            for name in roles.definitions:
                yield (part, name, "parameters"), counting[name]
                yield from _nodes(tree, (part, name, "graph"), counting)


def _nodes(
    tree: Tree, graph: Path, counting: Mapping[str, tuple[Path, ...]]
) -> Iterator[tuple[Path, tuple[Path, ...]]]:
    for name, node in _mapping(_at(tree.value, graph)).items():
        kind = str(_mapping(node).get("kind"))
        if kind in _COUNTING:
            yield (*graph, name), _COUNTS
        elif kind not in built_in():
            yield (*graph, name), (*counting.get(kind, ()), *_REPEATS)


def _is_unwritten(tree: Tree, entry: Path) -> bool:
    """Whether an entry has a transfer with the number of blocks that it has by default."""
    transfer = _at(tree.value, (*entry, "transfer"))
    if transfer is None or entry[0] == "defaults" or "blocks" in _mapping(transfer):
        return False
    return "blocks" not in _mapping(_at(tree.value, ("defaults", entry[0], "transfer")))


def _at(value: Plain, path: Path) -> Plain:
    for step in path:
        value = _mapping(value).get(str(step))
    return value


def _mapping(value: Plain) -> dict[str, Plain]:
    return value if isinstance(value, dict) else {}
