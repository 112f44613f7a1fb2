"""Concise: one line for each finding, `path:line:column: error[FC302] message`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fishcompile.formats import Checked, Page, findings
from fishcompile.formats._escape import inert
from fishcompile.formats._snippets import visible

if TYPE_CHECKING:
    from fishcompile.diagnostics.finding import Diagnostic


def write(checked: Sequence[Checked], page: Page) -> str:  # noqa: ARG001
    """The lines; nothing at all where nothing was found."""
    return "\n".join(map(line, findings(checked)))


def line(found: Diagnostic) -> str:
    """One finding as one line."""
    rule = f"{found.severity}[{found.rule}]"
    return inert(visible(f"{found.span}: {rule} {found.message}"))
