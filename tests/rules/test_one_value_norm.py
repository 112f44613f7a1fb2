"""FC509 and FC304: norms that have a single number to go by; torch says which cannot train."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

import fishcompile
from fishcompile.diagnostics.finding import Diagnostic
from fishcompile.pipeline import check_texts

FISH = """\
fishspec: 2
name: fish
input: {size: 64}
stem:
  conv1: {kind: conv, out: 16, stride: 2}
tail:
  tail1: {out: 32, blocks: 1}
  tail2: {out: 64, blocks: 1}
bridge: {out: 64, blocks: 1}
body:
  body2: {blocks: 1, transfer: {from: tail1}}
"""
SMALL = "fishspec: 2\nname: small\nextends: fish.yaml\ninput: {size: 8}\n"
GATE = """\
fishspec: 2
name: gate
input: {size: 64}
graph:
  a: {kind: conv, from: input, out: 16, stride: 2}
  gap: {kind: global_avg_pool}
  squeeze: {kind: conv, out: 8, kernel: 1}
outputs: {f: squeeze}
"""


def found(text: str) -> list[Diagnostic]:
    report = check_texts({"spec.yaml": text, "fish.yaml": FISH}, "spec.yaml")
    return [one for one in report.diagnostics if one.rule in ("FC509", "FC304")]


def test_a_small_image_is_one_finding_at_its_size() -> None:
    (one,) = found(SMALL)
    assert (str(one.span), one.severity) == ("spec.yaml:4:15", "warning")
    assert one.message == "batch norm over a map of one pixel in bridge and body2"
    assert [(str(other.span), other.message) for other in one.related] == [
        ("fish.yaml:9:1", "first met here")
    ]
    assert one.help == ("raise `input.size`, or sample down less often",)
    assert found(SMALL.replace("size: 8", "size: 16")) == []


def test_a_norm_behind_an_average_is_found_at_its_layer() -> None:
    (one,) = found(GATE)
    assert (str(one.span), one.severity) == ("spec.yaml:7:3", "warning")
    assert one.message == "batch norm over a map of one pixel in squeeze"
    assert one.help == ("write `norm: none` there, or norm before the average",)
    assert found(GATE.replace("kernel: 1}", "kernel: 1, norm: none}")) == []


@pytest.mark.parametrize("norm", ["batch", "none", "{kind: group, channels: 2}"])
def test_what_is_not_found_trains_with_one_image(norm: str, tmp_path: Path) -> None:
    text = GATE.replace("kernel: 1}", f"kernel: 1, norm: {norm}}}")
    spec = tmp_path / "gate.yaml"
    spec.write_text(text, encoding="utf-8")
    model, x = fishcompile.compile(spec).train(), torch.rand(1, 3, 64, 64)
    if found(text):
        with pytest.raises(ValueError, match="more than 1 value per channel"):
            model(x)
    else:
        model(x)


def test_a_group_of_one_number_is_an_error_even_for_its_own_op() -> None:
    (one,) = found(GATE.replace("kernel: 1}", "kernel: 1, norm: {kind: group, channels: 1}}"))
    assert (one.rule, one.severity, str(one.span)) == ("FC304", "error", "spec.yaml:7:74")
