"""JSON: everything that is known of every finding, as schemas/report-1.schema.json lays it out.

Lines and columns are 1-based, columns count code points, and ends are exclusive. Strings are
the spec's own: a program that prints them has to escape them for where it prints them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fishcompile.formats import Checked, Page, findings
from fishcompile.formats._escape import json_text
from fishcompile.package import VERSION

if TYPE_CHECKING:
    from fishcompile.diagnostics.finding import Diagnostic, Edit, Fix
    from fishcompile.diagnostics.source import Span

REPORT_VERSION = 1


def write(checked: Sequence[Checked], page: Page) -> str:
    """The report as one JSON object."""
    return json_text(
        {
            "version": REPORT_VERSION,
            "tool": {"name": "fishcompile", "version": VERSION},
            "files": [_file(item) for item in checked],
            "summary": _summary(checked) | {"held_back": page.held_back},
        }
    )


def _file(item: Checked) -> dict[str, Any]:
    return {
        "path": item.path,
        "ok": item.report.ok and not item.unreadable,
        "unreadable": item.unreadable,
        "skipped": item.report.skipped,
        "findings": [_finding(found) for found in item.report.diagnostics],
    }


def _summary(checked: Sequence[Checked]) -> dict[str, int]:
    kinds = [found.severity for found in findings(checked)]
    return {
        "files": len(checked),
        "unreadable": sum(item.unreadable for item in checked),
        "errors": kinds.count("error"),
        "warnings": kinds.count("warning"),
        "skipped": sum(item.report.skipped for item in checked),
    }


def _finding(found: Diagnostic) -> dict[str, Any]:
    related = [{"span": _span(item.span), "message": item.message} for item in found.elsewhere]
    return {
        "rule": found.rule,
        "severity": found.severity,
        "message": found.message,
        "label": found.label,
        "span": _span(found.span),
        "related": related,
        "notes": list(found.notes),
        "help": list(found.help),
        "fixes": [_fix(fix) for fix in found.fixes],
    }


def _fix(fix: Fix) -> dict[str, Any]:
    return {"title": fix.title, "safe": fix.safe, "edits": [_edit(edit) for edit in fix.edits]}


def _edit(edit: Edit) -> dict[str, Any]:
    return {"span": _span(edit.span), "text": edit.text}


def _span(span: Span) -> dict[str, Any]:
    return {
        "path": span.source.name,
        "line": span.line,
        "column": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
