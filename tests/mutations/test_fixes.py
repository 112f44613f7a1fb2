"""Every way out that is an edit is one: the spec is clean with it, or says what is left."""

from __future__ import annotations

from pathlib import Path

import pytest

import fishcompile
from fishcompile.diagnostics.finding import Diagnostic, Fix
from fishcompile.diagnostics.source import Source
from fishcompile.fixing.text import fixed_text
from tests.mutations.cases import Case, cases
from tests.mutations.test_mutations import findings

_UNREADABLE = ("FC100", "FC101", "FC102", "FC103", "FC105")


def applied(fix: Fix, folder: Path) -> None:
    """Writes the fix into the files of its edits."""
    sources: dict[str, Source] = {edit.span.source.name: edit.span.source for edit in fix.edits}
    for name, source in sources.items():
        edits = tuple(edit for edit in fix.edits if edit.span.source.name == name)
        text, done = fixed_text(source, [Fix(fix.title, edits)])
        assert done, "the edits of one fix do not overlap"
        assert Path(name).is_relative_to(folder)
        Path(name).write_bytes(text.encode())


def said(found: Diagnostic) -> tuple[str, str, str]:
    return found.rule, found.message, str(found.span)


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.family}-{case.name}")
def test_a_fix_mends_what_it_is_offered_for(case: Case, tmp_path: Path) -> None:
    count = sum(len(found.fixes) for found in findings(case, tmp_path))
    for at in range(count):
        before = findings(case, tmp_path)  # writes the files anew
        of, fix = [(found, fix) for found in before for fix in found.fixes][at]
        applied(fix, tmp_path)
        report = fishcompile.check(tmp_path / case.checked)
        after = [found for found in report.diagnostics if found.severity == "error"]
        assert said(of) not in map(said, after), fix.title
        broken = {found.rule for found in after} - {found.rule for found in before}
        assert not broken & {*_UNREADABLE}, fix.title
        assert all(found.help or found.rule in ("FC101", "FC102") for found in after), fix.title
