"""Quick fixes: the edits that a finding carries, as code actions."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types as lsp

from fishcompile.diagnostics.finding import Fix
from fishcompile.lsp.documents import file_of
from fishcompile.lsp.findings import as_protocol
from fishcompile.lsp.judging import judge
from fishcompile.lsp.session import Session


def quick_fixes(session: Session, path: Path, asked: lsp.Range) -> list[lsp.CodeAction]:
    """An action for every fix of every finding that touches a range of the document at `path`."""
    actions: list[lsp.CodeAction] = []
    documents = session.documents
    for diagnostic in judge(documents, [documents.check(path)])[path]:
        shown = as_protocol(session, diagnostic)
        if file_of(diagnostic.span.source) == path and _touch(shown.range, asked):
            actions += [_action(session, fix, shown) for fix in diagnostic.fixes]
    return actions


def _action(session: Session, fix: Fix, shown: lsp.Diagnostic) -> lsp.CodeAction:
    changes: dict[str, list[lsp.TextEdit]] = {}
    for edit in fix.edits:
        place = session.location(edit.span)
        changes.setdefault(place.uri, []).append(lsp.TextEdit(place.range, edit.text))
    return lsp.CodeAction(
        fix.title,
        kind=lsp.CodeActionKind.QuickFix,
        diagnostics=[shown],
        is_preferred=fix.safe,
        edit=lsp.WorkspaceEdit(changes),
    )


def _touch(one: lsp.Range, other: lsp.Range) -> bool:
    return _key(one.start) <= _key(other.end) and _key(other.start) <= _key(one.end)


def _key(position: lsp.Position) -> tuple[int, int]:
    return (position.line, position.character)
