"""The json format: valid by its published schema, with everything of a finding in it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from fishcompile.formats import Page
from fishcompile.package import VERSION, data_file
from tests.formats.sample import CLEAN, HOSTILE, RUN, hostile_run, write

SCHEMA = json.loads(data_file("schemas", "report-1.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)


def test_the_schema_is_one_and_describes_all_it_names() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    for node in (SCHEMA, *SCHEMA["$defs"].values()):
        assert node["required"] == list(node["properties"])
        assert node["additionalProperties"] is False


def read(run: Any) -> Any:
    report = json.loads(write("json", run))
    assert [error.message for error in VALIDATOR.iter_errors(report)] == []
    return report


def test_a_finding_with_all_it_can_have() -> None:
    variant, base, good, none = read(RUN)["files"]
    assert [found["rule"] for found in variant["findings"]] == ["FC501", "FC110", "FC302"]
    assert variant["findings"][2] == {
        "rule": "FC302",
        "severity": "error",
        "message": "512 is not divisible by 3",
        "label": "k is 3",
        "span": {
            "path": "specs/v.yaml",
            "line": 4,
            "column": 11,
            "endLine": 4,
            "endColumn": 15,
        },
        "related": [
            {
                "span": {
                    "path": "specs/base.yaml",
                    "line": 3,
                    "column": 12,
                    "endLine": 3,
                    "endColumn": 15,
                },
                "message": "t gives 512",
            }
        ],
        "notes": ["trunk t -> b"],
        "help": ["write `k: 2`", "write `k: 4`"],
        "fixes": [],
    }
    span = {"path": "specs/base.yaml", "line": 3, "column": 7, "endLine": 3, "endColumn": 10}
    assert base["findings"][0]["fixes"] == [
        {"title": "write `out`", "safe": True, "edits": [{"span": span, "text": "out"}]}
    ]
    assert (variant["ok"], variant["unreadable"], variant["skipped"]) == (False, False, 2)
    assert (good["path"], good["ok"], good["findings"]) == ("specs/good.yaml", True, [])
    assert (none["ok"], none["unreadable"]) == (False, True)


def test_the_summary_counts_the_finding_of_a_shared_base_once() -> None:
    report = read(RUN)
    assert report["version"] == 1
    assert report["tool"] == {"name": "fishcompile", "version": VERSION}
    assert report["summary"] == {
        "files": 4,
        "unreadable": 1,
        "errors": 3,
        "warnings": 1,
        "skipped": 2,
        "held_back": 0,
    }
    held = json.loads(write("json", RUN, Page(held_back=3)))
    assert held["summary"]["held_back"] == 3
    Draft202012Validator(SCHEMA).validate(held)
    assert read(CLEAN)["summary"]["files"] == 1


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_strings_come_back_as_they_were_but_for_surrogates(text: str) -> None:
    plain = text.encode("utf-8", "backslashreplace").decode()
    file = read(hostile_run(text))["files"][0]
    found = file["findings"][0]
    assert (file["path"], found["message"], found["span"]["path"]) == (plain, plain, plain)
    assert found["fixes"][0]["edits"][0]["text"] == plain


def test_the_schema_refuses_what_is_no_report() -> None:
    report = json.loads(write("json", RUN))
    report["files"][0]["findings"][0]["span"]["line"] = 0
    report["extra"] = 1
    assert {error.json_path for error in VALIDATOR.iter_errors(report)} == {
        "$",
        "$.files[0].findings[0].span.line",
    }
