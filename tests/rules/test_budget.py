"""FC402 on one convolution: a budget may be spent to the last parameter."""

from __future__ import annotations

import pytest

from fishcompile.pipeline import check_texts

# 3 channels to 8 on a map of 4x4: 24 weights and 8 biases, 24 MACs for each of 16 pixels.
SPEC = """\
fishspec: 2
name: net
input: {channels: 3, size: 4}
graph:
  conv: {kind: conv, from: input, out: 8, kernel: 1, norm: none, act: none}
outputs: {y: conv}
budget: {BUDGET}
"""


@pytest.mark.parametrize(
    ("budget", "found"),
    [
        ("parameters: 32, macs: 384", []),
        ("parameters: 31", [("the network has 32 parameters, the budget is 31", "1 too many")]),
        ("macs: 380", [("the network has 384 macs, the budget is 380", "4 too many")]),
    ],
)
def test_what_is_too_much(budget: str, found: list[tuple[str, str]]) -> None:
    report = check_texts({"net.yaml": SPEC.replace("BUDGET", budget)}, "net.yaml")
    assert {one.rule for one in report.diagnostics} <= {"FC402"}
    assert [(one.message, one.label) for one in report.diagnostics] == found
