"""The examples of rules as a user sees them: their text, and what a check of it reports."""

from __future__ import annotations

from fishcompile.diagnostics.finding import Report
from fishcompile.diagnostics.source import Source
from fishcompile.formats._snippets import visible
from fishcompile.pipeline import check_texts
from fishcompile.policy.apply import Judged, apply
from fishcompile.rules.example import MAIN, Example, split


def report_on(example: Example) -> Report:
    """The report on an example, read from memory; the comments in it are honoured."""
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
