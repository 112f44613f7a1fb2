"""GitHub: workflow commands, which GitHub Actions turns into annotations of the lines.

About ten of them are shown for each step, so errors come first. Every finding follows once more
as a line of its own, since the log shows no place for an annotation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fishcompile.formats import Checked, Page, findings
from fishcompile.formats._escape import without_brackets
from fishcompile.formats._paths import relative_to_root
from fishcompile.formats._snippets import visible
from fishcompile.formats.concise import line

if TYPE_CHECKING:
    from fishcompile.diagnostics.finding import Diagnostic

_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = _DATA | str.maketrans({":": "%3A", ",": "%2C"})


def write(checked: Sequence[Checked], page: Page) -> str:
    """The commands, errors first, and then the list of findings in the order of the files."""
    found = findings(checked)
    ranked = sorted(found, key=lambda diagnostic: diagnostic.severity != "error")
    return "\n".join([*(_command(diagnostic, page) for diagnostic in ranked), *map(line, found)])


def _command(found: Diagnostic, page: Page) -> str:
    span = found.span
    name = span.source.name
    properties: dict[str, str | int] = {
        "file": visible(relative_to_root(name, page.root) or name),
        "line": span.line,
    }
    # The runner drops the columns of a command whose lines differ.
    if span.line == span.end_line:
        properties |= {"col": span.column}
    properties |= {"endLine": span.end_line}
    if span.line == span.end_line:
        properties |= {"endColumn": span.end_column}
    properties |= {"title": f"fishcompile {visible(found.rule)}"}
    listed = ",".join(f"{key}={str(text).translate(_PROPERTY)}" for key, text in properties.items())
    return without_brackets(f"::{found.severity} {listed}::{_message(found).translate(_DATA)}")


def _message(found: Diagnostic) -> str:
    """The message and, on lines of their own, the label and the ways out."""
    advice = (f"help: {text}" for text in found.help)
    lines = [found.message, *([found.label] if found.label else []), *advice]
    return "\n".join(map(visible, lines))
