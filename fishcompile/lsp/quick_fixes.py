"""Quick fixes: the edits that a finding carries, as code actions, and those of `migrate`."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types as lsp

from fishcompile.diagnostics.finding import Diagnostic, Fix, SpecError
from fishcompile.fixing.versions import forward
from fishcompile.loading.migrations import version_of
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
            fixes = diagnostic.fixes or _of_migrate(session, path, diagnostic)
            actions += [_action(session, fix, shown) for fix in fixes]
    return actions


def _of_migrate(session: Session, path: Path, diagnostic: Diagnostic) -> tuple[Fix, ...]:
    """What `fishcompile migrate` would do, for the finding that the document is old."""
    if diagnostic.rule != "FC113":
        return ()
    try:
        tree = session.documents.read(path, diagnostic.span.source.name)
        return (forward(tree)[0],) if version_of(tree) else ()
    except SpecError:  # it cannot be done without a change of meaning; the command says why
        return ()


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
