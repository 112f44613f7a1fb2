"""Formulas of blocks: the least and the most that each may give are numbers of its key."""

from __future__ import annotations

import pytest

from fishcompile.pipeline import check_texts

SPEC = """\
fishspec: 2
name: net
input: {size: 16}
blocks:
  wide:
    parameters: {times: required}
    graph: {conv: {kind: conv, out: in_channels * times - 8, kernel: 1}}
graph:
  c1: {kind: conv, from: input, out: 8}
  last: {kind: wide, times: TIMES}
outputs: {y: last}
"""


@pytest.mark.parametrize(
    ("times", "number"),
    [("1", 0), ("2", None), ("8193", None), ("8194", 65_544)],  # widths go from 1 to 65,536
)
def test_a_formula_gives_what_its_key_may_say(times: str, number: int | None) -> None:
    report = check_texts({"net.yaml": SPEC.replace("TIMES", times)}, "net.yaml")
    said = [one.message for one in report.diagnostics]
    if number is None:
        assert said == []
    else:
        (message,) = said
        assert f"`out: in_channels * times - 8` is {number}" in message
        assert message.endswith("and it must be from 1 to 65,536")
