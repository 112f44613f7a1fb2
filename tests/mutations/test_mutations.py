"""Every mutated spec gives exactly its findings: rule, file, line, column, message and way out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import fishcompile
from fishcompile.diagnostics.finding import Diagnostic
from fishcompile.formats.text import render
from tests.mutations.cases import SPECS, Case, Place, cases, unmarked

CASES = cases()


def findings(case: Case, folder: Path) -> list[Diagnostic]:
    for name, text in case.files().items():
        (folder / name).write_text(unmarked(text), encoding="utf-8", newline="")
    report = fishcompile.check(folder / case.checked)
    assert render(report)
    return [found for found in report.diagnostics if found.severity == "error"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.family}-{case.name}")
def test_mutation(case: Case, tmp_path: Path) -> None:
    found = findings(case, tmp_path)
    places = [
        (
            d.rule,
            Place(
                str(Path(d.span.source.name).relative_to(tmp_path)),
                d.span.line,
                d.span.column,
                d.span.end_line,
                d.span.end_column,
            ),
        )
        for d in found
    ]
    rules = [expected.rule for expected in case.expected]
    assert places == list(zip(rules, case.places(), strict=True))
    for diagnostic, expected in zip(found, case.expected, strict=True):
        assert expected.message in diagnostic.message
        if expected.help is None:
            assert diagnostic.help == ()
        else:
            assert any(expected.help in advice for advice in diagnostic.help), diagnostic.help
        if expected.elsewhere:
            shown = tuple(
                f"{Path(other.span.source.name).name}:{other.span.line}:{other.span.column}"
                f" {other.message}"
                for other in diagnostic.elsewhere
            )
            assert shown == expected.elsewhere


@pytest.mark.parametrize("spec", sorted(SPECS.glob("*.yaml")), ids=lambda path: path.name)
def test_the_specs_before_they_are_mutated_are_clean(spec: Path) -> None:
    assert [d for d in fishcompile.check(spec).diagnostics if d.severity == "error"] == []


def test_the_cases_are_many_and_each_says_what_it_is_about() -> None:
    names = [(case.family, case.name) for case in CASES]
    assert len(names) == len(set(names)) >= 200
    for case in CASES:
        assert re.fullmatch(r"[a-z0-9-]+", case.name)
        assert case.expected, case.name
        assert all(expected.message for expected in case.expected), case.name
        assert case.about.endswith(".")
