"""The sarif format: valid by the OASIS schema, and what GitHub needs of it."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from jsonschema import Draft7Validator

from fishcompile.cli.commands.check import _rules
from fishcompile.diagnostics.finding import Diagnostic, Report
from fishcompile.diagnostics.fingerprints import fingerprints
from fishcompile.diagnostics.source import Source, Span
from fishcompile.formats import Checked, Page
from fishcompile.formats.sarif import hashed
from fishcompile.package import HOME
from tests.formats.sample import HOSTILE, RULES, RUN, hostile_run, write

OASIS = Path(__file__).parents[3] / "shared/reference/sarif-schema-2.1.0.json"
LINK = re.compile(r"(?<!\\)\[((?:[^\[\]\\]|\\.)*)\]\(([^)]*)\)")


def run_of(checked: Any, page: Page | None = None) -> Any:
    log = json.loads(write("sarif", checked, page))
    assert log["version"] == "2.1.0"
    return log["runs"][0]


@pytest.mark.skipif(not OASIS.is_file(), reason="the schema of OASIS is not at hand")
def test_valid_by_the_schema_of_oasis() -> None:
    schema = json.loads(OASIS.read_text("utf-8"))
    validator = Draft7Validator(schema, format_checker=Draft7Validator.FORMAT_CHECKER)
    for checked in (RUN, (), *map(hostile_run, HOSTILE)):
        log = json.loads(write("sarif", checked))
        assert [error.message for error in validator.iter_errors(log)] == []
    log["runs"][0]["results"][0]["level"] = "fatal"
    assert not validator.is_valid(log)


def test_the_rules_are_those_known_and_those_found() -> None:
    run = run_of(RUN)
    driver = run["tool"]["driver"]
    assert driver["informationUri"] == "https://github.com/fishcompile/fishcompile"
    assert [rule["id"] for rule in driver["rules"]] == ["FC100", "FC110", "FC302", "FC501"]
    assert driver["rules"][0] == {"id": "FC100"}
    assert driver["rules"][3] == {
        "id": "FC501",
        "name": "IConv",
        "shortDescription": {"text": "No I-conv."},
        "fullDescription": {"text": "Because."},
        "helpUri": "https://github.com/fishcompile/fishcompile/blob/main/docs/rules/FC501.md",
        "help": {"text": "Because.", "markdown": "No I-conv.\n\nBecause."},
        "defaultConfiguration": {"level": "warning"},
    }
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_every_rule_has_a_name_in_pascal_case_and_a_page() -> None:
    for rule in run_of((), Page(rules=_rules))["tool"]["driver"]["rules"]:
        assert re.fullmatch(r"([A-Z][a-z0-9]*)+", rule["name"]), rule["id"]
        page = rule["helpUri"].removeprefix(f"{HOME}/blob/main/")
        assert (Path(__file__).parents[2] / page).is_file()


def test_what_a_baseline_holds_back_is_counted() -> None:
    assert run_of(RUN, Page(held_back=3))["properties"] == {"heldBack": 3}
    assert "properties" not in run_of(RUN)


def test_a_result_with_all_it_can_have() -> None:
    run = run_of(RUN)
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["invocations"] == [{"executionSuccessful": False}]
    assert [(result["ruleId"], result["level"]) for result in run["results"]] == [
        ("FC501", "warning"),
        ("FC110", "error"),
        ("FC302", "error"),
        ("FC100", "error"),
    ]
    result = run["results"][2]
    assert result["message"]["text"] == (
        "512 is not divisible by 3 (k is 3)\n- [t gives 512](1)\n"
        "help: write `k: 2`\nhelp: write `k: 4`"
    )
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "specs/v.yaml", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 4, "startColumn": 11, "endLine": 4, "endColumn": 15},
            }
        }
    ]
    (related,) = result["relatedLocations"]
    assert (related["id"], related["message"]["text"]) == (1, "t gives 512")
    assert related["physicalLocation"]["region"]["startLine"] == 3
    (fix,) = run["results"][1]["fixes"]
    assert fix["artifactChanges"][0]["replacements"] == [
        {
            "deletedRegion": {"startLine": 3, "startColumn": 7, "endLine": 3, "endColumn": 10},
            "insertedContent": {"text": "out"},
        }
    ]


def artifact(name: str, root: Path) -> Any:
    found = Diagnostic("FC302", "m", Span(Source(name, "a"), 1, 1, 1, 2))
    run = run_of((Checked(name, Report((found,))),), Page(root=root, rules=lambda: RULES))
    return run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]


def test_paths_are_relative_to_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    root = tmp_path.resolve()
    for name, uri in {
        "a.yaml": "sub/a.yaml",
        "../b.yaml": "b.yaml",
        str(root / "c d.yaml"): "c%20d.yaml",
        "a:b%41,#?.yaml": "sub/a%3Ab%2541%2C%23%3F.yaml",
        "鱼.yaml": "sub/%E9%B1%BC.yaml",
        os.fsdecode(b"\xff.yaml"): "sub/%FF.yaml",
    }.items():
        assert artifact(name, root) == {"uri": uri, "uriBaseId": "%SRCROOT%"}
    assert artifact("../../x.yaml", root) == {"uri": f"file://{root.parent}/x.yaml"}


def test_a_linked_way_to_the_repository_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    monkeypatch.chdir(tmp_path)
    assert artifact("link/a.yaml", tmp_path.resolve() / "real")["uri"] == "a.yaml"


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_only_related_places_are_linked(text: str) -> None:
    for result in run_of(hostile_run(text))["results"]:
        links = LINK.findall(result["message"]["text"])
        assert [target for _, target in links] == ["1"]
        for item in result["relatedLocations"]:
            assert LINK.findall(item["message"]["text"]) == []
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"(file://)?[A-Za-z0-9/._~%-]*", uri)
        if "\0" not in text and "\ud800" not in text:
            assert unquote_to_bytes(uri).endswith(os.fsencode(os.path.normpath(text)))


def found_at(text: str, *lines: int) -> list[str]:
    source = Source("x.yaml", text)
    found = [Diagnostic("FC110", "m", Span(source, line, 1, line, 2)) for line in lines]
    return list(map(hashed, fingerprints(found)))


def test_fingerprints_survive_lines_above_and_tell_equal_lines_apart() -> None:
    before = found_at("a: 1\nb: 2\na: 1\n", 1, 2, 3)
    after = found_at("# new\n\na: 1\n# new\n  b: 2\na: 1\n", 3, 5, 6)
    assert before == after
    assert len(set(before)) == 3
    assert [mark.partition(":")[2] for mark in before] == ["1", "1", "2"]
    assert before[0].partition(":")[0] == before[2].partition(":")[0]
    assert found_at("a: 2\n", 1) != before[:1]
    other = Diagnostic("FC112", "m", Span(Source("x.yaml", "a: 1\n"), 1, 1, 1, 2))
    assert hashed(fingerprints([other])[0]) != before[0]


def test_fingerprints_are_those_of_earlier_versions() -> None:
    """A change of theirs would close and reopen every alert of every repository."""
    assert found_at("fishspec: 1\n", 1) == ["bdcf178f5ac792e6:1"]
