"""Completion: the keys of the place, the words of a key, and the names that exist.

It reads the text loosely, for while one types it seldom is a spec.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from lsprotocol import types as lsp

from fishcompile.diagnostics.source import Source, Span, start_of
from fishcompile.lsp.documents import Layer
from fishcompile.lsp.language_keys import (
    Schema,
    described,
    key_node,
    keys_of,
    schema_of,
    with_blocks,
    words_of,
)
from fishcompile.lsp.loose import Cursor, WrittenKey, cursor, written_keys
from fishcompile.lsp.name_places import BLOCK, LAYER, PARTS, STAGE, Kind, named_by_value
from fishcompile.lsp.session import Session, Spot
from fishcompile.lsp.stage_names import names_of
from fishcompile.reader.tree import Path, Place, Plain, Tree
from fishcompile.schema.version import VERSION

_WORD = re.compile(r"[0-9A-Za-z_./-]*")
_NAMED_SECTIONS = {
    **dict.fromkeys(("tail", "body", "head", "graph"), STAGE),
    "stem": LAYER,
    "blocks": BLOCK,
}
_INPUTS = re.compile(r"inputs[\"']?[ \t]*:[ \t]*\[([^\]]*)\]")


def completion(session: Session, at: Spot) -> list[lsp.CompletionItem]:
    """What may stand at the cursor."""
    source = at.buffer.source
    here = cursor(source, at.line, at.column)
    if here is None:
        return []
    written = _without(written_keys(at.buffer.text), at, here)
    if here.key is None:
        choices = _keys(session, at, here, written)
    else:
        choices = _values(session, at, here, here.key, written)
    span, after = _word(source, at, here)
    before = source.line(at.line)[: span.column - 1]
    for order, item in enumerate(choices):
        text = item.insert_text or item.label
        if here.key is None and not re.match(r"[\"']?[ \t]*:", after):
            text += ": "
        elif here.key is not None and before.endswith(":"):
            text = " " + text
        item.insert_text = None
        item.text_edit = lsp.TextEdit(session.positions.range(span), text)
        item.sort_text = f"{order:04}"
    return choices


def _word(source: Source, at: Spot, here: Cursor) -> tuple[Span, str]:
    """The word that a choice replaces, and the text behind it."""
    line = source.line(at.line)
    rest = _WORD.match(line, at.column - 1)
    end = rest.end() + 1 if rest else at.column
    return Span(source, at.line, at.column - len(here.prefix), at.line, end), line[end - 1 :]


def _without(found: Iterable[WrittenKey], at: Spot, here: Cursor) -> tuple[WrittenKey, ...]:
    """The entries less the one whose key is being written."""
    column = at.column - len(here.prefix)
    writing = {(at.line, column), (at.line, column - 1)} if here.key is None else set()
    return tuple(entry for entry in found if (entry.line, entry.column) not in writing)


def _keys(
    session: Session, at: Spot, here: Cursor, written: tuple[WrittenKey, ...]
) -> list[lsp.CompletionItem]:
    taken = {entry.path[-1] for entry in written if entry.path[:-1] == here.path}
    if len(here.path) == 1 and here.path[0] in _NAMED_SECTIONS:
        kind = _NAMED_SECTIONS[str(here.path[0])]
        known, said = names_of(_layers(session, at, written), kind), f"{kind.word} of a base"
        return [
            lsp.CompletionItem(name, kind=lsp.CompletionItemKind.Module, detail=said)
            for name, section in known.items()
            if section == here.path[0] and name not in taken
        ]
    varies = any(entry.path == ("extends",) for entry in written)
    of_kind = next((e.value for e in written if e.path == (*here.path, "kind")), "")
    left_out = set() if varies else {"after", "scale"}
    return [
        lsp.CompletionItem(
            key,
            kind=lsp.CompletionItemKind.Property,
            detail=f"default {node['default']}" if "default" in node else None,
            documentation=_markdown(described(key, node)),
        )
        for key, node in keys_of(here.path, _schema(session, at, written), of_kind).items()
        if key not in taken | left_out
    ]


def _values(
    session: Session, at: Spot, here: Cursor, key: str, written: tuple[WrittenKey, ...]
) -> list[lsp.CompletionItem]:
    path = (*here.path, key)
    named = named_by_value(path)
    if named and (named != BLOCK or key == "after"):
        known = names_of(_layers(session, at, written), named)
        if named.word == "node":
            known |= _inputs(named, at, written)
        return [
            lsp.CompletionItem(name, kind=lsp.CompletionItemKind.Reference, detail=detail)
            for name, detail in _sources(path, known).items()
        ]
    node = key_node(path, _schema(session, at, written))
    return [
        lsp.CompletionItem(
            word,
            kind=lsp.CompletionItemKind.EnumMember,
            detail="the default" if word == node.get("default") else None,
            documentation=_markdown(str(node.get("description", ""))),
        )
        for word in words_of(node)
    ]


def _inputs(block: Kind, at: Spot, written: tuple[WrittenKey, ...]) -> dict[str, str]:
    """What enters a block: the names in its list, or `input`."""
    path = ("blocks", block.within, "inputs")
    lines = (at.buffer.source.line(entry.line) for entry in written if entry.path == path)
    found = (_INPUTS.search(line) for line in lines)
    names = next((match[1].split(",") for match in found if match), ["input"])
    return {name.strip(): "inputs" for name in names if name.strip()}


def _sources(path: Path, known: dict[str, str]) -> dict[str, str]:
    """The names that may be written at `path`, each with what it is."""
    if path[0] == "blocks" and len(path) > 3:
        what = {"inputs": "input of the block", "graph": "node of the block"}
        return {name: what.get(at, at) for name, at in known.items() if name != path[3]}
    own = path[1] if len(path) > 2 and path[0] in _NAMED_SECTIONS else path[0]
    if path[-1] == "after":
        return {name: at for name, at in known.items() if at == path[0] and name != own}
    names = {name: name if name in PARTS else f"stage of the {at}" for name, at in known.items()}
    if path[-2:] != ("transfer", "from") and path[-1] == "from":
        names["input"] = "the image"
    return {name: what for name, what in names.items() if name not in (own, "classifier")}


def _layers(session: Session, at: Spot, written: tuple[WrittenKey, ...]) -> tuple[Layer, ...]:
    """The spec and its bases, the spec's own keys as far as they can be made out."""
    span = start_of(at.buffer.source)
    places: dict[Path, Place] = {(): Place(None, span)}
    places.update((entry.path, Place(span, span)) for entry in written)
    value = {**_value(written), "fishspec": VERSION}
    return session.documents.layers(at.buffer.path, Tree(value, places, at.buffer.source))


def _value(written: tuple[WrittenKey, ...]) -> dict[str, Plain]:
    """The mapping that the keys make, as far as they can be made out."""
    value: dict[str, Plain] = {}
    for entry in written:
        mapping: Any = value
        for step in entry.path[:-1]:
            if not isinstance(mapping.get(step), dict):
                mapping[step] = {}
            mapping = mapping[step]
        mapping[entry.path[-1]] = None if entry.value in ("null", "~") else entry.value
    return value


def _schema(session: Session, at: Spot, written: tuple[WrittenKey, ...]) -> Schema:
    return schema_of(with_blocks(_value(written), _layers(session, at, written)[1:]))


def _markdown(text: str) -> lsp.MarkupContent | None:
    return lsp.MarkupContent(lsp.MarkupKind.Markdown, text) if text else None
