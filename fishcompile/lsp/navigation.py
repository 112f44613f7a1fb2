"""Navigation: from a stage's name to where it is written, from `extends` to the base, and back."""

from __future__ import annotations

from lsprotocol import types as lsp

from fishcompile.lsp.family import places
from fishcompile.lsp.session import Session, Spot
from fishcompile.lsp.stage_names import occurrence_at, touches, written_in
from fishcompile.source import start_of


def definition(session: Session, at: Spot) -> lsp.Location | None:
    """Where the stage under the cursor is first written, or the file that `extends` names."""
    tree = session.tree(at.buffer)
    if tree is None:
        return None
    layers = session.documents.layers(at.buffer.path)
    place = tree.places.get(("extends",))
    if place and touches(place.value, at.line, at.column):
        return session.location(start_of(layers[1].tree.source)) if len(layers) > 1 else None
    name = occurrence_at(tree, at.line, at.column)
    origin = written_in(layers, name.kind, name.name) if name else None
    return session.location(origin[1].span) if origin else None


def references(session: Session, at: Spot, declaration: bool) -> list[lsp.Location]:
    """Every place that names the stage under the cursor, in its base and all variants of that."""
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
