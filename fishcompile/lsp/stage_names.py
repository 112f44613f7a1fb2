"""Stage names: every place in one file's tree where a stage, a layer or a block's part is named.

A key names the entry that it opens, and so does an input in the list of a block's inputs; `from`,
`to`, `after`, `kind`, taps, outputs and the stages of a budget name what stands elsewhere.
"""

from __future__ import annotations

from fishcompile.diagnostics.source import Span
from fishcompile.lsp.documents import Layer
from fishcompile.lsp.name_places import (
    BLOCK,
    STAGE,
    Kind,
    bounded_by_key,
    declared_by_value,
    is_built_in,
    named_by_key,
    named_by_value,
)
from fishcompile.reader.tree import Path, Place, Tree
from fishcompile.record import record


@record
class Occurrence:
    """A name where it stands. `is_key`: it opens what it names; `removes`: a key that is null.

    `is_input`: it is in a block's list of inputs.
    """

    kind: Kind
    name: str
    span: Span
    is_key: bool
    removes: bool = False
    is_input: bool = False


def occurrences(tree: Tree) -> tuple[Occurrence, ...]:
    """Every name in a file, in the order of the text; what an alias repeats counts once."""
    found: dict[Span, Occurrence] = {}
    for path, place in tree.places.items():
        for occurrence in (_key(tree, path, place), _value(tree, path, place)):
            if occurrence:
                found.setdefault(occurrence.span, occurrence)
    return tuple(sorted(found.values(), key=lambda o: (o.span.line, o.span.column)))


def _key(tree: Tree, path: Path, place: Place) -> Occurrence | None:
    if bounded_by_key(path) and place.key is not None:
        return Occurrence(STAGE, str(path[-1]), place.key, False)
    kind = named_by_key(path)
    if kind is None or place.key is None:
        return None
    return Occurrence(kind, str(path[-1]), place.key, True, tree.get(path) is None)


def _value(tree: Tree, path: Path, place: Place) -> Occurrence | None:
    kind, value = named_by_value(path), tree.get(path)
    if kind is None or not isinstance(value, str) or (kind == BLOCK and is_built_in(value)):
        return None
    declared = declared_by_value(path)
    return Occurrence(kind, value, place.value, declared, is_input=declared)


def occurrence_at(tree: Tree, line: int, column: int) -> Occurrence | None:
    """The name that the cursor touches."""
    return next((o for o in occurrences(tree) if touches(o.span, line, column)), None)


def touches(span: Span, line: int, column: int) -> bool:
    """Whether a cursor stands in a span or at its end."""
    return (span.line, span.column) <= (line, column) <= (span.end_line, span.end_column)


def written_in(layers: tuple[Layer, ...], kind: Kind, name: str) -> tuple[Layer, Occurrence] | None:
    """The layer and the key where a stage, as the first layer knows it, was first written.

    A variant's key opens the base's entry again. One that stands above a removal is a new entry.
    """
    found: tuple[Layer, Occurrence] | None = None
    for layer in layers:
        for item in occurrences(layer.tree):
            if item.is_key and (item.kind, item.name) == (kind, name):
                if item.removes and found:
                    return found
                if not item.removes:
                    found = (layer, item)
                break
    return found


def names_of(layers: tuple[Layer, ...], kind: Kind) -> dict[str, str]:
    """The names that exist in the spec that the layers make up, each with its section."""
    found: dict[str, str] = {}
    for layer in reversed(layers):
        for path in layer.tree.places:
            value = layer.tree.get(path)
            if declared_by_value(path) and named_by_value(path) == kind:
                found.setdefault(str(value), "inputs")
            if named_by_key(path) != kind:
                continue
            name = str(path[-1])
            if value is None:
                found.pop(name, None)
            else:
                found.setdefault(name, str(path[-2] if len(path) > 2 else path[0]))
    return found
