"""A valid spec with one thing broken gives exactly that finding, at that place."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import fishcompile
from fishcompile.diagnostics.finding import Diagnostic
from tests.strategies import Fish, fishes

Stage = tuple[str, str, dict[str, Any]]
# Breaks a tree, and says the rule, the marker at the place, and a piece of the message.
Break = Callable[[Fish, Stage], tuple[str, str, str]]


def stages(fish: Fish) -> Iterator[Stage]:
    for section in ("tail", "body", "head"):
        for name, entry in fish.tree.get(section, {}).items():
            yield section, name, entry


def mistype(fish: Fish, stage: Stage) -> tuple[str, str, str]:
    stage[2]["blocks"] = "zz_many"
    message = f"`blocks` of stage `{stage[1]}` must be a whole number"
    return "FC112", "zz_many", message


def out_of_range(fish: Fish, stage: Stage) -> tuple[str, str, str]:
    stage[2]["dilation"] = 98765
    return "FC112", "98765", f"`dilation` of stage `{stage[1]}` must be a whole number from 1 to 64"


def rename(fish: Fish, stage: Stage) -> tuple[str, str, str]:
    stage[2]["zz_blocks"] = 1
    return "FC110", "zz_blocks", f"unknown key `zz_blocks` in stage `{stage[1]}`"


def dangle(fish: Fish, stage: Stage) -> tuple[str, str, str]:
    fish.tree["taps"] = {**fish.tree.get("taps", {}), "broken": "zz_nowhere"}
    return "FC203", "zz_nowhere", "no stage is named `zz_nowhere`"


def dangle_from(fish: Fish, stage: Stage) -> tuple[str, str, str]:
    stage[2]["from"] = "zz_nowhere"
    return "FC203", "zz_nowhere", "no stage is named `zz_nowhere`"


def bad_name(fish: Fish, stage: Stage) -> tuple[str, str, str]:
    fish.tree["taps"] = {**fish.tree.get("taps", {}), "ZzTap": stage[1]}
    return "FC201", "ZzTap", "the tap name `ZzTap` is not a lower-case letter"


def expect(fish: Fish, stage: Stage) -> tuple[str, str, str]:
    for _, _, entry in stages(fish):
        entry.pop("expect", None)
    stage[2]["expect"] = {"in": 987654}
    return "FC401", "987654", f"{stage[1]} is expected to take 987654 channels"


def budget(fish: Fish, stage: Stage) -> tuple[str, str, str]:
    fish.tree["budget"] = {"parameters": "0.007k"}
    return "FC402", "0.007k", "parameters, the budget is 7"


def name_taken(fish: Fish, stage: Stage) -> tuple[str, str, str]:
    """The last stage again, in another section, under a name that is taken."""
    section, name, _ = stage
    other = "head" if section != "head" else "tail"
    assume(name not in fish.tree.get(other, {}))
    entry = {"blocks": 1, "merge": "none", "down": "none", "out": 8, "expect": {"in": 987654}}
    fish.tree[other] = {**fish.tree.get(other, {}), name: entry}
    return "FC202", "", f"two stages are named `{name}`"


BREAKS: tuple[Break, ...] = (
    mistype, out_of_range, rename, dangle, dangle_from, bad_name, expect, budget, name_taken,
)  # fmt: skip


def errors(text: str) -> list[Diagnostic]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "broken.yaml"
        path.write_text(text, encoding="utf-8")
        report = fishcompile.check(path)
    return [found for found in report.diagnostics if found.severity == "error"]


@pytest.mark.parametrize("break_", BREAKS, ids=lambda break_: break_.__name__)
@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(fish=fishes(), data=st.data())
def test_one_thing_broken(break_: Break, fish: Fish, data: st.DataObject) -> None:
    assert errors(fish.text) == []
    stage = data.draw(st.sampled_from(list(stages(fish))), label="stage")
    rule, marker, message = break_(fish, stage)
    text = fish.text
    (found,) = errors(text)
    assert found.rule == rule
    assert message in found.message
    if marker:
        before = text[: text.index(marker)]
        assert text.count(marker) == 1
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        assert (found.span.line, found.span.column) == (line, column)
        assert found.span.end_column == column + len(marker)
    else:
        assert found.span.text == stage[1]


@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(fishes(), st.data())
def test_a_line_written_twice(fish: Fish, data: st.DataObject) -> None:
    """A duplicate key is found at the second, with the first beside it."""
    lines = fish.text.splitlines()
    tops = [number for number, line in enumerate(lines) if line.startswith(("name:", "fishspec:"))]
    number = data.draw(st.sampled_from(tops), label="line")
    key = lines[number].partition(":")[0]
    (found,) = errors("\n".join([*lines, lines[number]]) + "\n")
    assert (found.rule, found.message) == ("FC102", f"the key `{key}` is written twice")
    assert (found.span.line, found.span.column) == (len(lines) + 1, 1)
    assert [related.span.line for related in found.related] == [number + 1]
