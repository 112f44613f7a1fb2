"""Text: diagnostics for people at a terminal, with the source lines and carets under them.

No character that a terminal acts on, and none that hides or reorders others, passes through
unescaped, whether it comes from the spec, from a file's name or from a message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fishcompile.formats import Checked, Page, count, findings
from fishcompile.formats._escape import inert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fishcompile.diagnostics.finding import Diagnostic, Report

_MOST_FILES = 100


def write(checked: Sequence[Checked], page: Page) -> str:
    """Every finding of a run, the counts, and a last line where there are no errors."""
    skipped = sum(item.report.skipped for item in checked)
    found = tuple(findings(checked))
    text = _render(found, skipped, color=page.color, width=page.width)
    if found and len(checked) > 1:
        marked = sum(bool(item.report.diagnostics) for item in checked)
        text += f" in {marked} of {len(checked)} specs"
        text = "\n".join([text, *_by_file(found)])
    lines = [text] if text else []
    if not page.quiet and all(item.report.ok and not item.unreadable for item in checked):
        lines.append(f"{count(len(checked), 'spec')} checked, no errors")
    return inert("\n".join(lines))


def _by_file(found: Sequence[Diagnostic]) -> list[str]:
    """The counts of each file that findings stand in, where there are several."""
    files: dict[str, list[Diagnostic]] = {}
    for diagnostic in found:
        files.setdefault(diagnostic.span.source.name, []).append(diagnostic)
    if len(files) < 2:
        return []
    from fishcompile.formats._snippets import visible

    lines = [f"  {visible(name)}: {_counts(some)}" for name, some in files.items()]
    more = len(lines) - _MOST_FILES
    return lines if more <= 0 else [*lines[:_MOST_FILES], f"  and {count(more, 'more file')}"]


def _counts(found: Sequence[Diagnostic]) -> str:
    """`1 error, 2 warnings`."""
    kinds = [d.severity for d in found]
    return ", ".join(
        count(kinds.count(kind), kind) for kind in ("error", "warning") if kind in kinds
    )


def render(report: Report, *, color: bool = False, width: int = 100) -> str:
    """The report as text without a final line break; the empty string for an empty report.

    Lines of source are cut to `width` columns around their carets; messages are never cut.
    """
    return _render(report.diagnostics, report.skipped, color=color, width=width)


def _render(found: Sequence[Diagnostic], skipped: int, *, color: bool, width: int) -> str:
    blocks = []
    if found:  # most checks find nothing, and drawing takes a while to load
        from fishcompile.formats._snippets import render_diagnostic

        blocks = [render_diagnostic(d, color=color, width=width) for d in found]
    summary = []
    if skipped:
        checks = count(skipped, "check")
        summary.append(f"= note: {checks} downstream skipped (input unknown)")
    if found:
        summary.append(_counts(found))
    return "\n\n".join([*blocks, "\n".join(summary)] if summary else blocks)
