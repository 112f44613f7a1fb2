"""The examples of rules as a user sees them: their text, and what a check of it reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fishcompile.formats._snippets import visible
from fishcompile.rules.example import MAIN, Example, split

if TYPE_CHECKING:
    from fishcompile.diagnostics.finding import Report


def report_on(example: Example) -> Report:
    """The report on an example, read from memory; the comments in it are honoured."""
    from fishcompile.diagnostics.source import Source
    from fishcompile.pipeline import check_texts
    from fishcompile.policy.apply import Judged, apply

    files, _ = split(example)
    judged = Judged(check_texts(files, MAIN), Source(MAIN, files[MAIN]))
    return apply([judged]).reports[0]


def texts(example: Example) -> dict[str, str]:
    """The files of an example without what they announce, printable line by line."""
    files, _ = split(example)
    return {
        name: "\n".join(visible(line) for line in text.rstrip("\n").split("\n"))
        for name, text in files.items()
    }
