"""Diagnostic and Report: what every stage that judges a spec hands to the user.

A diagnostic is about one root cause. Its primary span is the claim that is broken, its related
spans the places that the claim is measured against.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from typing import Literal

from fishcompile.diagnostics.source import Span
from fishcompile.record import record

MAX_FINDINGS = 100  # nobody reads more, and each costs time to word

Severity = Literal["error", "warning"]


@record
class Related:
    """A second place, and what is to be seen there."""

    span: Span
    message: str


@record
class Edit:
    """A replacement of the text that a span covers; an empty span inserts."""

    span: Span
    text: str


@record
class Fix:
    """A way to mend a finding by editing the text.

    `safe` fixes keep what the author meant and may be applied without asking.
    """

    title: str
    edits: tuple[Edit, ...]
    safe: bool = False


@record
class Diagnostic:
    """One finding: rule id, place, message, and the way out.

    `label` stands under the carets; `notes` say where derived values came from; `help` lines are
    the candidate fixes, and `fixes` those of them that are edits of the text. `include_chain` says
    how the file of the span came in, where it is not the spec that was asked for, from that file
    outwards; it makes no other finding of one that two variants have from their base. Nor does
    `owner`, the file whose finding it is where that is a base of the spec that was asked for.
    """

    rule: str
    message: str
    span: Span
    label: str = ""
    severity: Severity = "error"
    related: tuple[Related, ...] = ()
    notes: tuple[str, ...] = ()
    help: tuple[str, ...] = ()
    fixes: tuple[Fix, ...] = ()
    include_chain: tuple[Related, ...] = field(default=(), compare=False)
    owner: str = field(default="", compare=False)

    @property
    def elsewhere(self) -> tuple[Related, ...]:
        """All other places that the finding shows."""
        return (*self.related, *self.include_chain)


@record
class Report:
    """The diagnostics of one spec, in the order of the text, and how many checks were skipped.

    `skipped` counts stages whose input is unknown because of an error before them.
    """

    diagnostics: tuple[Diagnostic, ...] = ()
    skipped: int = 0

    @property
    def ok(self) -> bool:
        """Whether nothing of severity error was found."""
        return not any(d.severity == "error" for d in self.diagnostics)


class SpecError(Exception):
    """A spec that does not hold; carries the report that says where and why."""

    def __init__(self, report: Report) -> None:
        super().__init__(report)
        self.report = report

    def __str__(self) -> str:
        return "\n".join(map(_line, self.report.diagnostics))


def _line(found: Diagnostic) -> str:
    """A finding as one line of plain text, whatever its file's name has in it."""
    text = f"{found.span}: {found.severity}[{found.rule}] {found.message}"
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def fail(*diagnostics: Diagnostic, skipped: int = 0) -> SpecError:
    """A SpecError from diagnostics, to be raised where nothing further can be known."""
    return SpecError(report(diagnostics, skipped))


def report(diagnostics: Iterable[Diagnostic], skipped: int = 0) -> Report:
    """A report with its diagnostics sorted by file, line, column and rule, duplicates dropped."""
    unique = dict.fromkeys(diagnostics)
    place = sorted(unique, key=lambda d: (d.span.source.name, d.span.line, d.span.column, d.rule))
    return Report(tuple(place), skipped)
