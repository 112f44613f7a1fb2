"""Outline: the sections of a spec and the entries in them, as document symbols."""

from __future__ import annotations

from lsprotocol import types as lsp

from fishcompile.diagnostics.source import Span
from fishcompile.lsp.session import Session
from fishcompile.reader.tree import Path, Place, Tree

_NESTED = ("stem", "tail", "body", "head", "graph", "outputs", "taps", "blocks")


def outline(session: Session, tree: Tree) -> list[lsp.DocumentSymbol]:
    """The symbols of one file, as it is written."""
    return [
        _symbol(session, tree, (key,), lsp.SymbolKind.Namespace)
        for key in tree.value
        if tree.places[(key,)].key
    ]


def _symbol(session: Session, tree: Tree, path: Path, kind: lsp.SymbolKind) -> lsp.DocumentSymbol:
    place = tree.places[path]
    value = tree.get(path)
    inside = isinstance(value, dict)
    below = list(value) if isinstance(value, dict) and path[0] in _NESTED and len(path) == 1 else []
    detail = None if inside or isinstance(value, list) else place.value.text
    assert place.key is not None, "only keys are listed"
    return lsp.DocumentSymbol(
        str(path[-1]),
        kind if inside else lsp.SymbolKind.Property,
        session.positions.range(_whole(place, place.key)),
        session.positions.range(place.key),
        detail=detail,
        children=[_symbol(session, tree, (*path, key), lsp.SymbolKind.Class) for key in below],
    )


def _whole(place: Place, key: Span) -> Span:
    """From the key to the end of its value; an alias's value is where the alias is."""
    value = place.value
    end = max((key.end_line, key.end_column), (value.end_line, value.end_column))
    return Span(key.source, key.line, key.column, *end)
