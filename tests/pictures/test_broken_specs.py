"""A spec that does not hold is drawn as far as it is known, whatever is wrong with it."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from fishcompile.diagnostics.finding import SpecError
from fishcompile.pictures.files import picture
from fishcompile.pipeline import analyse
from tests.mutations.cases import Case, cases
from tests.mutations.test_mutations import findings

FAMILIES = sorted({case.family for case in cases()})


@pytest.mark.parametrize("family", FAMILIES)
def test_every_mutation_is_drawn(family: str, tmp_path: Path) -> None:
    for number, case in enumerate(case for case in cases() if case.family == family):
        check(case, tmp_path / str(number))


def check(case: Case, folder: Path) -> None:
    folder.mkdir()
    findings(case, folder)  # writes the files
    try:
        analysis = analyse(folder / case.checked)
    except SpecError:
        return  # nothing to draw: it does not read or resolve
    root = ElementTree.fromstring(picture(analysis, "svg", "auto"))
    red = [t.text or "" for t in root.iter() if "red" in t.get("class", "").split()]
    errors = [d for d in analysis.report.diagnostics if d.severity == "error"]
    assert bool(red) == bool(errors)
    chart = picture(analysis, "mermaid", "auto").decode()
    if analysis.inference.failures:
        assert re.search(r"^  (style|linkStyle) ", chart, re.MULTILINE)
