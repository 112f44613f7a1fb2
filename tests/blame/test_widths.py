"""At a sum whose operands differ in width, the number that mends it is named where one does."""

from __future__ import annotations

from pathlib import Path

import pytest

import fishcompile
from fishcompile.diagnostics.finding import Diagnostic
from fishcompile.fixing.text import fixed_text

PYRAMID = """\
fishspec: 2
name: pyramid
input: {size: 64}
graph:
  c1: {kind: conv, from: input, out: 16, stride: 2}
  c2: {kind: conv, out: 32, stride: 2}
  c3: {kind: conv, out: 64, stride: 2}
  top: {kind: conv, out: 32, kernel: 1}
  up: {kind: upsample, to: c2}
  lateral: {kind: conv, from: c2, out: 33, kernel: 1}
  sum: {kind: add, from: [lateral, up]}
  smooth: {kind: conv, out: 32}
outputs: {map: smooth}
"""


def found(folder: Path, text: str) -> Diagnostic:
    path = folder / "net.yaml"
    path.write_text(text, encoding="utf-8")
    (one,) = (d for d in fishcompile.check(path).diagnostics if d.severity == "error")
    assert one.rule == "FC301"
    return one


@pytest.mark.parametrize("kind", ["add", "mul"])
@pytest.mark.parametrize("operands", ["[lateral, up]", "[up, lateral]"])
def test_a_width_that_the_sum_alone_reads(tmp_path: Path, kind: str, operands: str) -> None:
    text = PYRAMID.replace("kind: add", f"kind: {kind}").replace("[lateral, up]", operands)
    one = found(tmp_path, text)
    assert one.help[0] == "write `out: 32` at lateral"
    (fix,) = one.fixes
    assert not fix.safe
    mended, _ = fixed_text(one.span.source, [fix])
    assert mended == text.replace("out: 33", "out: 32")
    (tmp_path / "net.yaml").write_text(mended, encoding="utf-8")
    assert fishcompile.check(tmp_path / "net.yaml").ok


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{map: smooth}", "{map: smooth, also: lateral}"),  # read by more than the sum
        ("out: 33", "out: 11 * 3"),  # a formula
        (
            "kind: conv, out: 32}",
            "kind: conv, out: 32}\n  more: {kind: conv, from: lateral, out: 8}",
        ),
    ],
)
def test_a_width_that_is_not_the_sums_alone_stays(tmp_path: Path, before: str, after: str) -> None:
    text = PYRAMID.replace(before, after)
    if "more" in after:
        text = text.replace("{map: smooth}", "{map: smooth, more: more}")
    path = tmp_path / "net.yaml"
    path.write_text(text, encoding="utf-8")
    for one in fishcompile.check(path).diagnostics:
        assert not any(line.startswith("write `out") for line in one.help)
