"""Findings: diagnostics as the protocol has them, each in the open document where it is to be seen.

A finding in a file that is not open is shown where the spec says `extends` or `use`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from lsprotocol import types as lsp

from fishcompile.diagnostics.finding import Diagnostic
from fishcompile.diagnostics.source import Span, start_of
from fishcompile.lsp.documents import file_of
from fishcompile.lsp.judging import Findings
from fishcompile.lsp.session import Session

SOURCE = "fishcompile"
_SEVERITY = {"error": lsp.DiagnosticSeverity.Error, "warning": lsp.DiagnosticSeverity.Warning}


def shown_in(session: Session, path: Path, judged: Findings) -> list[lsp.Diagnostic]:
    """What to show in the open document at `path`, given the findings of every open spec.

    A base shows what its open variants find in it too; what it finds itself comes first and once.
    """
    found: dict[Diagnostic, lsp.Diagnostic] = {}
    for spec in sorted(judged, key=lambda spec: (spec != path, spec)):
        for diagnostic in judged[spec]:
            file = file_of(diagnostic.span.source)
            if file == spec == path:
                found[diagnostic] = as_protocol(session, diagnostic)
            elif file == path and not _known(found, diagnostic):
                found[diagnostic] = _from_variant(session, diagnostic, spec)
            elif spec == path and file not in judged:
                found[diagnostic] = _at_include(session, diagnostic, spec)
    return list(found.values())


def as_protocol(session: Session, diagnostic: Diagnostic) -> lsp.Diagnostic:
    """A finding in the document where it is."""
    related = [
        lsp.DiagnosticRelatedInformation(session.location(item.span), item.message)
        for item in diagnostic.elsewhere
    ]
    return lsp.Diagnostic(
        range=session.positions.range(diagnostic.span),
        message="\n".join(_lines(diagnostic)),
        severity=_SEVERITY[diagnostic.severity],
        code=diagnostic.rule,
        source=SOURCE,
        related_information=related or None,
    )


def _lines(diagnostic: Diagnostic) -> list[str]:
    helps = [f"help: {line}" for line in diagnostic.help]
    return [diagnostic.message, *diagnostic.notes, *helps]


def _known(found: Mapping[Diagnostic, lsp.Diagnostic], diagnostic: Diagnostic) -> bool:
    """Whether the same is said already; the sources' names may differ."""
    same = [_identity(other) for other in found]
    return _identity(diagnostic) in same


def _identity(diagnostic: Diagnostic) -> tuple[str, str, int, int]:
    return (diagnostic.rule, diagnostic.message, diagnostic.span.line, diagnostic.span.column)


def _from_variant(session: Session, diagnostic: Diagnostic, spec: Path) -> lsp.Diagnostic:
    shown = as_protocol(session, diagnostic)
    shown.message = f"in {spec.name}: {shown.message}"
    return shown


def _at_include(session: Session, diagnostic: Diagnostic, spec: Path) -> lsp.Diagnostic:
    shown = as_protocol(session, diagnostic)
    base = os.path.relpath(file_of(diagnostic.span.source), spec.parent)
    where = f"{base}:{diagnostic.span.line}:{diagnostic.span.column}"
    at = lsp.DiagnosticRelatedInformation(session.location(diagnostic.span), "here")
    shown.range = session.positions.range(_include(session, diagnostic, spec))
    shown.message = f"{where}: {shown.message}"
    shown.related_information = [at, *(shown.related_information or ())]
    return shown


def _include(session: Session, diagnostic: Diagnostic, spec: Path) -> Span:
    """Where the spec brings in the file of a finding: the last link of the chain."""
    if diagnostic.include_chain:
        return diagnostic.include_chain[-1].span
    buffer = session.documents.get(spec)
    assert buffer is not None, "only open specs are judged"
    return start_of(buffer.source)
