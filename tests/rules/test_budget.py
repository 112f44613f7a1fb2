"""FC402 on one convolution: a budget may be spent to the last parameter."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fishcompile.language.graph_form import graph_form
from fishcompile.pipeline import check_texts, compiled

# 3 channels to 8 on a map of 4x4: 24 weights and 8 biases, 24 MACs for each of 16 pixels.
PLAIN = "kernel: 1, norm: none, act: none"
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
        # a number is written for each of 8 channels and 16 pixels; 4 bytes each, 2 as a half
        ("activations: 128, batch: {images: 3, activations: 384}", []),
        (
            "activations: 127",
            [("the network has 128 activations, the budget is 127", "1 too many")],
        ),
        (
            "batch: {images: 3, macs: 1k}",
            [("the network has 1,152 macs for 3 images, the budget is 1,000", "152 too many")],
        ),
        # the image is saved, and lives beside weights and output: 192 + 128 + 512 bytes
        ("saved: 192, memory: 832, traffic: 832", []),
        (
            "saved: 191, dtype: float32",
            [
                (
                    "the network saves 192 bytes for the backward, the budget is 191",
                    "1 too many",
                )
            ],
        ),
        (
            "memory: 415, dtype: float16",
            [("the network takes 416 bytes in inference, the budget is 415", "1 too many")],
        ),
        # image, output, weights; the gradients of output and weights: 192 + 512 * 2 + 128 * 2
        ("training_memory: 1472", []),
        (
            "training_memory: 1471",
            [("the network takes 1,472 bytes in training, the budget is 1,471", "1 too many")],
        ),
        ("training_memory: 1600, optimizer: sgd_momentum", []),
        (
            "training_memory: 1599, optimizer: sgd_momentum",
            [("the network takes 1,600 bytes in training, the budget is 1,599", "1 too many")],
        ),
        (
            "stages: {conv: {parameters: 8, macs: 384}}",
            [("conv has 32 parameters, the budget is 8", "24 too many")],
        ),
        (
            "batch: {images: 2, stages: {conv: {memory: 1k}}}",
            [
                (
                    "conv takes 1,408 bytes in inference for 2 images, the budget is 1,000",
                    "408 too many",
                )
            ],
        ),
    ],
)
def test_what_is_too_much(budget: str, found: list[tuple[str, str]]) -> None:
    report = check_texts({"net.yaml": SPEC.replace("BUDGET", budget)}, "net.yaml")
    assert {one.rule for one in report.diagnostics} <= {"FC402"}
    assert [(one.message, one.label) for one in report.diagnostics] == found


def test_the_heaviest_stages_are_named() -> None:
    """By hand: 1x1 convolutions with a bias, (in + 1) * out parameters each."""
    text = SPEC.replace("outputs: {y: conv}\n", "") + "outputs: {y: d}\n"
    text = text.replace(
        "  conv: {kind: conv, from: input, out: 8, kernel: 1, norm: none, act: none}\n",
        "".join(
            f"  {name}: {{kind: conv, from: {source}, out: {out}, {PLAIN}}}\n"
            for name, source, out in (
                ("a", "input", 8),
                ("b", "a", 16),
                ("c", "b", 2),
                ("d", "c", 64),
            )
        ),
    )
    (found,) = check_texts(
        {"net.yaml": text.replace("BUDGET", "parameters: 100")}, "net.yaml"
    ).diagnostics
    assert found.message == "the network has 402 parameters, the budget is 100"
    assert found.notes == ("most of it: d 192, b 144, c 34",)


@pytest.mark.parametrize(
    "budget", ["stages: {cnov: {macs: 1}}", "batch: {stages: {cnov: {macs: 1}}}"]
)
def test_a_stage_that_is_not_there(budget: str) -> None:
    (found,) = check_texts({"net.yaml": SPEC.replace("BUDGET", budget)}, "net.yaml").diagnostics
    assert (found.rule, found.message) == ("FC203", "no node is named `cnov`")
    assert found.help == ("did you mean `conv`?",)


def test_the_graph_form_keeps_every_bound(tmp_path: Path) -> None:
    """As a spec that is read again, it has the same digest."""
    bounds = (
        "parameters: 1M, traffic: 4G, dtype: bfloat16, optimizer: adamw, "
        "stages: {conv: {macs: 1G}}, batch: {images: 8, memory: 2G, stages: {conv: {saved: 1G}}}"
    )
    (tmp_path / "net.yaml").write_text(SPEC.replace("BUDGET", bounds), encoding="utf-8")
    analysis = compiled(tmp_path / "net.yaml")
    form, _ = graph_form(analysis.stages)
    assert form["budget"] == {
        "parameters": 10**6, "traffic": 4 * 10**9, "dtype": "bfloat16", "optimizer": "adamw",
        "stages": {"conv": {"macs": 10**9}},
        "batch": {"images": 8, "memory": 2 * 10**9, "stages": {"conv": {"saved": 10**9}}},
    }  # fmt: skip
    (tmp_path / "again.yaml").write_text(json.dumps(form), encoding="utf-8")
    assert compiled(tmp_path / "again.yaml").digest == analysis.digest
