"""Tree: a document as plain Python values, with the span of every key and value beside it.

A path is the tuple of keys and indices from the root, the same that jsonschema reports.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import NamedTuple

from fishcompile.diagnostics.finding import Related
from fishcompile.diagnostics.source import Source, Span, start_of
from fishcompile.record import record

Scalar = None | bool | int | float | str
Plain = Scalar | list["Plain"] | dict[str, "Plain"]
Path = tuple[str | int, ...]

TAKEN_AWAY = "a variant takes it away here"


class Place(NamedTuple):
    """Where an entry was written: its key (None for the root and list items) and its value."""

    key: Span | None
    value: Span


@record
class Include:
    """Where a file was brought in by another: the span of its path there, and what it does there.

    `word` is what the other file does: "extends" or "uses".
    """

    span: Span
    word: str


@record
class Tree:
    """A mapping read from `source`; `places` has an entry for every path in `value`.

    After a variant is merged onto its base, places of several sources stand in one tree.
    `includes` says, by the name of a source, how it came in, and `removed` where a variant took
    an entry away.
    """

    value: dict[str, Plain]
    places: Mapping[Path, Place] = field(repr=False)
    source: Source
    includes: Mapping[str, Include] = field(default_factory=dict, repr=False)
    removed: Mapping[Path, Span] = field(default_factory=dict, repr=False)

    def key_span(self, path: Path) -> Span:
        """The span of the key at `path`, or of the nearest enclosing entry that was written."""
        place = self._nearest(path)
        return (place.key or place.value) if place else start_of(self.source)

    def value_span(self, path: Path) -> Span:
        """The span of the value at `path`, or of the nearest enclosing entry's key."""
        if path in self.places:
            return self.places[path].value
        return self.key_span(path)

    def get(self, path: Path) -> Plain:
        """The value at `path`. Raises KeyError or IndexError where there is none."""
        node: Plain = self.value
        for step in path:
            node = node[step]  # type: ignore[index]
        return node

    def _nearest(self, path: Path) -> Place | None:
        for end in range(len(path), -1, -1):
            if path[:end] in self.places:
                return self.places[path[:end]]
        return None


def walk(value: Plain, path: Path = ()) -> Iterator[tuple[Path, Plain]]:
    """Every (path, value) below and including `value`, parents first, in document order."""
    todo = [(path, value)]
    while todo:
        at, item = todo.pop()
        yield at, item
        if isinstance(item, dict):
            todo += [((*at, key), below) for key, below in reversed(item.items())]
        elif isinstance(item, list):
            todo += [((*at, index), item[index]) for index in reversed(range(len(item)))]


def taken_away(tree: Tree, *paths: Path) -> tuple[Related, ...]:
    """Where a variant took away the first of the entries that one did, for what still needs it."""
    spans = [tree.removed[path] for path in paths if path in tree.removed]
    return tuple(Related(span, TAKEN_AWAY) for span in spans[:1])
