"""Widths of graphs: what leaves stays as it is, and what is read by others scales."""

from __future__ import annotations

import pytest

from tests.scaling.variants import HEAD, errors, numbers, reasons, vary, vary_shipped


def test_the_classes_of_fcn8s() -> None:
    """Each score is added to the one above it, brought to its sides, and the last leaves."""
    scaled = vary_shipped("fcn8s", "scale: {width: 0.37}")
    assert errors(scaled) == []
    scores = [f"graph.{name}.out" for name in ("score5", "score4", "score3", "up5", "up4", "up3")]
    assert [numbers(scaled)[name] for name in scores] == [21] * 6
    assert {reasons(scaled)[name] for name in scores[-1:]} == {
        "not scaled: goes with the output `scores`"
    }
    assert reasons(scaled)["graph.score5.out"] == ("not scaled: goes with the output `scores`")
    assert numbers(scaled)["graph.fc6.out"] == 1512  # 1515.52


def test_linear_layers_that_are_read_by_others() -> None:
    scaled = vary_shipped("vgg16", "scale: {width: 0.5}")
    assert errors(scaled) == []
    assert [numbers(scaled)[f"graph.fc{n}.out"] for n in (6, 7, 8)] == [2048, 2048, 1000]
    assert reasons(scaled) == {"graph.fc8.out": "not scaled: goes with the output `logits`"}


def test_an_output_behind_operations_that_keep_its_width() -> None:
    base = HEAD + (
        "graph:\n"
        "  c: {kind: conv, from: input, out: 64}\n"
        "  a: {kind: conv, out: 20, kernel: 1}\n"
        "  b: {kind: conv, from: c, out: 20, kernel: 1}\n"
        "  sum: {kind: add, from: [a, b]}\n"
        "  on: {kind: sigmoid}\n"
        "  up: {kind: upsample, to: input}\n"
        "outputs: {mask: up}\n"
    )
    scaled = vary(base, "scale: {width: 0.5}")
    assert errors(scaled) == []
    assert numbers(scaled) == {"graph.c.out": 32, "graph.a.out": 20, "graph.b.out": 20}


def test_features_that_leave_as_sums_scale() -> None:
    base = HEAD + (
        "graph:\n"
        "  a: {kind: conv, from: input, out: 64}\n"
        "  b: {kind: conv, out: 32}\n"
        "  both: {kind: concat, from: [a, b]}\n"
        "outputs: {wide: both}\n"
    )
    scaled = vary(base, "scale: {width: 0.5}")
    assert errors(scaled) == []
    assert numbers(scaled) == {"graph.a.out": 32, "graph.b.out": 16}


def test_flat_maps_that_are_added() -> None:
    """128 features beside 8 channels of 4 x 4 pixels: 16 of the one for each of the other."""
    base = HEAD + (
        "input: {size: 8}\n"
        "graph:\n"
        "  c: {kind: conv, from: input, out: 8, stride: 2}\n"
        "  flat: {kind: flatten}\n"
        "  wide: {kind: linear, out: 128}\n"
        "  sum: {kind: add, from: [flat, wide]}\n"
        "  fc: {kind: linear, out: 10}\n"
        "outputs: {logits: fc}\n"
    )
    scaled = vary(base, "scale: {width: 0.5}")
    assert errors(scaled) == []
    assert numbers(scaled) == {"graph.c.out": 4, "graph.wide.out": 64, "graph.fc.out": 10}


@pytest.mark.parametrize("factor", ["0.37", "0.5", "0.75", "1.5"])
@pytest.mark.parametrize(
    "name", ["resnet50", "resnet50_fpn", "fcn8s", "vgg16", "unet", "stacked_hourglass"]
)
def test_shipped_graphs_scale(name: str, factor: str) -> None:
    assert errors(vary_shipped(name, f"scale: {{width: {factor}}}")) == []
