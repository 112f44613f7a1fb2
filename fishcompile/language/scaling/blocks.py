"""Depths: where a spec writes how many blocks there are, and how many a factor makes of them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import floor

from fishcompile.language.spec import SECTIONS, TransferSpec
from fishcompile.tree import Path, Plain, Tree, walk

# Keys that count blocks; `*` is any name. A new kind of entry gets its line here.
COUNTS: tuple[Path, ...] = (
    *((section, "*", "blocks") for section in SECTIONS),
    *((section, "*", "transfer", "blocks") for section in SECTIONS),
    ("bridge", "blocks"),
    ("graph", "*", "blocks"),
    ("graph", "*", "repeat"),
    ("graph", "*", "transfer", "blocks"),
    *(("defaults", section, "blocks") for section in SECTIONS),
    *(("defaults", section, "transfer", "blocks") for section in SECTIONS),
)


def read_counts(tree: Tree) -> dict[Path, int]:
    """The counts of blocks by path: those written, and those that a transfer leaves unwritten."""
    found: dict[Path, int] = {}
    for path, value in walk(tree.value):
        if isinstance(value, int) and any(_matches(path, known) for known in COUNTS):
            found[path] = value
    return found | dict.fromkeys(_unwritten(tree), TransferSpec.blocks)


def scaled_count(count: int, factor: Fraction) -> tuple[int, str]:
    """A scaled count, half a block rounded up, and why it is not exact."""
    exact = count * factor
    new = floor(exact + Fraction(1, 2))
    if count and not new:
        return 1, "at least one block"
    return new, "" if new == exact else "a whole number, a half rounded up"


def _matches(path: Path, known: Path) -> bool:
    return len(path) == len(known) and all(
        there in ("*", here) for here, there in zip(path, known, strict=True)
    )


def _unwritten(tree: Tree) -> Iterator[Path]:
    """Where a transfer has the number of blocks that it has by default."""
    defaults = _mapping(tree.value.get("defaults"))
    for section in SECTIONS:
        if "blocks" in _mapping(_mapping(defaults.get(section)).get("transfer")):
            continue
        for name, stage in _mapping(tree.value.get(section)).items():
            transfer = _mapping(stage).get("transfer")
            if transfer is not None and "blocks" not in _mapping(transfer):
                yield (section, name, "transfer", "blocks")


def _mapping(value: Plain) -> dict[str, Plain]:
    return value if isinstance(value, dict) else {}
