"""Rename: a stage, layer, block or node of one gets another name in every file that knows it."""

from __future__ import annotations

from lsprotocol import types as lsp

from fishcompile.diagnostics.names import check_name, shown
from fishcompile.diagnostics.source import Span
from fishcompile.lsp.family import family, places
from fishcompile.lsp.name_places import BLOCK, PARTS, STAGE, is_built_in
from fishcompile.lsp.session import Session, Spot
from fishcompile.lsp.stage_names import Occurrence, names_of, occurrence_at, written_in


class RefusedError(Exception):
    """A rename that cannot be; the message says why."""


def prepare_rename(session: Session, at: Spot) -> lsp.PrepareRenamePlaceholder:
    """The name under the cursor. Raises RefusedError where there is none to change."""
    name = _renameable(session, at)
    return lsp.PrepareRenamePlaceholder(session.positions.range(_inside(name.span)), name.name)


def rename(session: Session, at: Spot, new: str) -> lsp.WorkspaceEdit:
    """The edits of every file. Raises RefusedError where the name cannot be or is taken."""
    name = _renameable(session, at)
    reason = check_name(new)
    if reason:
        raise RefusedError(f"{shown(new)} {reason}")
    if name.kind == BLOCK and is_built_in(new):
        raise RefusedError(f"{shown(new)} is a kind that every spec has")
    if new == name.name:
        return lsp.WorkspaceEdit({})
    documents = session.documents
    home, found = places(documents, at.buffer.path, name.kind, name.name)
    changes: dict[str, list[lsp.TextEdit]] = {}
    for file, layers in family(documents, home).items():
        if new in names_of(layers, name.kind) or (name.kind == STAGE and new in PARTS):
            raise RefusedError(f"{shown(new)} is taken in {file.name}")
    for file, occurrence in found:
        span = _inside(occurrence.span)
        if not span.text.startswith("*"):  # an alias follows its anchor
            edit = lsp.TextEdit(session.positions.range(span), new)
            changes.setdefault(documents.uri(file), []).append(edit)
    return lsp.WorkspaceEdit(changes)


def _renameable(session: Session, at: Spot) -> Occurrence:
    tree = session.tree(at.buffer)
    if tree is None:
        raise RefusedError("the spec does not read as YAML; mend it first")
    name = occurrence_at(tree, at.line, at.column)
    if name is None or name.name == "input":
        raise RefusedError("this is not the name of a stage, layer, block or node")
    if name.name in PARTS and name.kind == STAGE:
        raise RefusedError(f"{shown(name.name)} is a word of the language")
    origin = written_in(session.documents.layers(at.buffer.path), name.kind, name.name)
    if origin and origin[1].is_input:
        raise RefusedError("the width of an input is called after it; rename both by hand")
    return name


def _inside(span: Span) -> Span:
    """A name without its quotes."""
    text = span.text
    if len(text) < 2 or text[0] not in "\"'" or span.line != span.end_line:
        return span
    return Span(span.source, span.line, span.column + 1, span.end_line, span.end_column - 1)
