"""What a step of a migration may change: the key of an entry, wherever a pattern finds it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fishcompile.reader.tree import Path, Plain
from fishcompile.record import record

ANY: Final = None  # in a pattern: whatever the author calls it


@record
class Rename:
    """In the mappings at `at`, the key `old` of the older version is `new` in the next.

    Each part of `at` is the keys that may stand there, or ANY.
    """

    at: tuple[tuple[str, ...] | None, ...]
    old: str
    new: str

    def mappings(self, value: Plain) -> Iterator[tuple[Path, dict[str, Plain]]]:
        """The mappings of a tree that this is about, with their paths."""
        found: list[tuple[Path, Plain]] = [((), value)]
        for part in self.at:
            found = [
                ((*path, key), node[key])
                for path, node in found
                if isinstance(node, dict)
                for key in (node if part is None else part)
                if key in node
            ]
        yield from ((path, node) for path, node in found if isinstance(node, dict))


@record
class Step:
    """From version `since` to the next: the keys that change their names."""

    since: int
    renames: tuple[Rename, ...]

    def forward(self, value: Plain) -> dict[Path, str]:
        """The keys to rename in a tree of version `since`, each with its new name.

        A key stays where the new name stands beside it: `clashes` has those.
        """
        return {
            (*path, rename.old): rename.new
            for rename in self.renames
            for path, node in rename.mappings(value)
            if rename.old in node and rename.new not in node
        }

    def clashes(self, value: Plain) -> dict[Path, str]:
        """The new names that stand beside the old one in a tree of version `since`, with that."""
        return {
            (*path, rename.new): rename.old
            for rename in self.renames
            for path, node in rename.mappings(value)
            if rename.new in node and rename.old in node
        }
