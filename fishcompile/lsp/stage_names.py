"""Stage names: every place in one file's tree where a stage or a layer of the stem is named.

A key names the entry that it opens; `from`, `after` and taps name one that stands elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fishcompile.language.spec import SECTIONS
from fishcompile.lsp.documents import Layer
from fishcompile.source import Span
from fishcompile.tree import Path, Tree

Kind = Literal["stage", "layer"]

PARTS = ("stem", "bridge", "classifier")  # stages whose names are the language's, not the author's


@dataclass(frozen=True)
class Occurrence:
    """A name where it stands. `removes` marks a key whose value is null."""

    kind: Kind
    name: str
    span: Span
    is_key: bool
    removes: bool = False


def named_by_key(path: Path) -> Kind | None:
    """What the key at `path` names."""
    if len(path) == 1:
        return "stage" if path[0] in PARTS else None
    if len(path) == 2 and path[0] == "stem":
        return "layer"
    return "stage" if len(path) == 2 and path[0] in (*SECTIONS, "graph") else None


def named_by_value(path: Path) -> Kind | None:
    """What the text at `path` names."""
    match path:
        case ("stem", _, "after"):
            return "layer"
        case ("taps" | "outputs", _) | ("bridge" | "classifier", "from"):
            return "stage"
        case ("classifiers" | "dense", _, "from") | ("graph", _, "from" | "to" | "after"):
            return "stage"
        case ("graph", _, "from", int()) | ("graph", _, "transfer", "from"):
            return "stage"
        case ("tail" | "body" | "head", _, "from" | "after"):
            return "stage"
        case ("tail" | "body" | "head", _, "transfer", "from"):
            return "stage"
        case ("defaults", "tail" | "body" | "head", "from"):
            return "stage"
        case ("defaults", "tail" | "body" | "head", "transfer", "from"):
            return "stage"
    return None


def occurrences(tree: Tree) -> tuple[Occurrence, ...]:
    """Every name in a file, in the order of the text; what an alias repeats counts once."""
    found: dict[Span, Occurrence] = {}
    for path, place in tree.places.items():
        value = tree.get(path)
        kind = named_by_key(path)
        if kind and place.key:
            occurrence = Occurrence(kind, str(path[-1]), place.key, True, value is None)
            found.setdefault(place.key, occurrence)
        kind = named_by_value(path)
        if kind and isinstance(value, str):
            found.setdefault(place.value, Occurrence(kind, value, place.value, False))
    return tuple(sorted(found.values(), key=lambda o: (o.span.line, o.span.column)))


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
            if named_by_key(path) != kind:
                continue
            name = str(path[-1])
            if layer.tree.get(path) is None:
                found.pop(name, None)
            else:
                found.setdefault(name, str(path[0]))
    return found
