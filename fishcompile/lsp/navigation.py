"""Navigation: from a name to where it is written, from a path to the file, and back."""

from __future__ import annotations

from lsprotocol import types as lsp

from fishcompile.diagnostics.source import start_of
from fishcompile.files import resolved
from fishcompile.lsp.family import places
from fishcompile.lsp.session import Session, Spot
from fishcompile.lsp.stage_names import occurrence_at, touches, written_in
from fishcompile.reader.tree import Tree


def definition(session: Session, at: Spot) -> lsp.Location | None:
    """Where what is named under the cursor is first written, or the file whose path is there."""
    tree = session.tree(at.buffer)
    if tree is None:
        return None
    layers = session.documents.layers(at.buffer.path)
    named = _file_at(tree, at)
    if named is not None:
        file = resolved(at.buffer.path.parent / named)
        opened = (layer for layer in layers if layer.path == file)
        return next((session.location(start_of(layer.tree.source)) for layer in opened), None)
    name = occurrence_at(tree, at.line, at.column)
    origin = written_in(layers, name.kind, name.name) if name else None
    return session.location(origin[1].span) if origin else None


def _file_at(tree: Tree, at: Spot) -> str | None:
    """The path of a file that stands under the cursor."""
    for path, place in tree.places.items():
        if path[:1] in (("extends",), ("use",)) and touches(place.value, at.line, at.column):
            value = tree.get(path)
            if isinstance(value, str):
                return value
    return None


def references(session: Session, at: Spot, declaration: bool) -> list[lsp.Location]:
    """Every place that names what is under the cursor, in every file that knows it."""
    tree = session.tree(at.buffer)
    name = occurrence_at(tree, at.line, at.column) if tree else None
    if name is None:
        return []
    home, found = places(session.documents, at.buffer.path, name.kind, name.name)
    return [
        session.location(occurrence.span)
        for file, occurrence in found
        if declaration or not (occurrence.is_key and file == home)
    ]
