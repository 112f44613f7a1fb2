"""A new variant checked before it is written, and what of its base's budget it outgrows."""

from __future__ import annotations

from pathlib import Path

from fishcompile.cli.console import complain
from fishcompile.diagnostics.finding import Report, SpecError
from fishcompile.loading.reach import standing_for
from fishcompile.pipeline import Analysis, analyse, unaccepted
from fishcompile.reader.write import flow

_BUDGET = "FC402"


def without_outgrown(target: Path, text: str, base: Analysis) -> tuple[str, Analysis, str]:
    """The text of a scaled variant, its analysis, and the budget that it leaves off, if it does.

    What is made larger on purpose is not held to the budget of the smaller one: where that alone
    is broken, it is taken away. Raises SpecError where the variant has other errors.
    """
    analysis, report = _judged(target, text)
    wrong = {found.rule for found in report.diagnostics if found.severity == "error"}
    if wrong != {_BUDGET} or "budget" not in base.tree.value:
        _require_ok(report, target)
        return text, analysis, ""
    budget = base.tree.value["budget"]
    assert isinstance(budget, dict), "the base fits the schema"
    outgrown = flow(budget)[1:-1]
    text = f"{text}budget: null # it outgrows that of the base, {outgrown}\n"
    return *checked(target, text), outgrown


def checked(target: Path, text: str) -> tuple[str, Analysis]:
    """The text and its analysis as the file that it will be. Raises SpecError for its errors."""
    analysis, report = _judged(target, text)
    _require_ok(report, target)
    return text, analysis


def _judged(target: Path, text: str) -> tuple[Analysis, Report]:
    """The analysis, and the report without what the project's configuration accepts."""
    try:
        analysis = analyse(target, standing_for(target, text))
    except SpecError:
        _complain(target)
        raise
    return analysis, unaccepted(analysis, target)


def _require_ok(report: Report, target: Path) -> None:
    if not report.ok:
        _complain(target)
        raise SpecError(report)


def _complain(target: Path) -> None:
    complain(f"the variant does not check, so {target} was not written")
