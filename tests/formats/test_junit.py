"""The junit format: well-formed XML whatever the texts, a test case for each spec."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from fishcompile.formats import Page
from fishcompile.formats._snippets import render_diagnostic, visible
from tests.formats.sample import CHANNELS, CLEAN, HOSTILE, RUN, STYLE, hostile_run, write


def test_a_case_for_each_spec_and_a_failure_for_each_error() -> None:
    root = ElementTree.fromstring(write("junit", RUN))
    (suite,) = root
    for node in (root, suite):
        counts = {key: node.get(key) for key in ("tests", "failures", "errors", "skipped")}
        assert counts == {"tests": "4", "failures": "2", "errors": "1", "skipped": "0"}
    variant, base, good, none = suite
    assert [case.get("name") for case in suite] == [
        "specs/v.yaml",
        "specs/base.yaml",
        "specs/good.yaml",
        "none.yaml",
    ]
    assert [(part.tag, part.get("type")) for part in variant] == [
        ("failure", "FC110"),
        ("failure", "FC302"),
        ("system-out", None),
    ]
    assert variant[1].get("message") == "specs/v.yaml:4:11: 512 is not divisible by 3"
    assert variant[1].text == render_diagnostic(CHANNELS)
    assert variant[2].text == render_diagnostic(STYLE)
    assert [part.tag for part in base] == ["failure"]
    assert list(good) == []
    assert [(part.tag, part.get("type")) for part in none] == [("error", "FC100")]


def test_a_clean_run() -> None:
    suite = ElementTree.fromstring(write("junit", CLEAN))[0]
    assert (suite.get("tests"), suite.get("failures")) == ("1", "0")


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_hostile_texts_come_back_as_they_are_shown(text: str) -> None:
    first, second = ElementTree.fromstring(write("junit", hostile_run(text)))[0]
    assert first.get("name") == visible(text)
    assert [part.tag for part in first] == ["failure", "system-out"]
    assert [part.tag for part in second] == ["error", "system-out"]
    assert first[0].get("message") == f"{visible(text)}:1:1: {visible(text)}"
    assert (first[0].text or "").startswith(f"error[FC302]: {visible(text)}\n")


def test_what_a_baseline_holds_back_is_a_property_of_the_suite() -> None:
    suite = ElementTree.fromstring(write("junit", CLEAN, Page(held_back=3)))[0]
    (held,) = suite.findall("properties/property")
    assert held.attrib == {"name": "held-back", "value": "3"}
    assert ElementTree.fromstring(write("junit", CLEAN)).findall(".//property") == []
