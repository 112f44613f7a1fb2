"""Costs and strides, against the authors' numbers, torch's own counters, and nets done by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

import fishcompile
from fishcompile.analysis.costs import Cost, below
from fishcompile.analysis.isolated import isolated_convolutions
from fishcompile.analysis.strides import strides
from fishcompile.pipeline import Analysis, compiled
from tests.nets import SHIPPED, minnow, shipped, write_minnow

# Of the authors' code: parameters, and convolutions as the seed counts them.
PUBLISHED = {
    "fishnet99": (16_628_904, 100),
    "fishnet150": (24_959_400, 151),
    "fishnet201": (44_584_552, 202),
}
# Multiply-accumulates of the convolutions at 224x224, rounded as in the paper's supplement.
GIGA_MACS = {"fishnet99": 4.2637, "fishnet150": 6.3978, "fishnet201": 10.5144}


def counted(path: Path, height: int, width: int) -> int:
    """MACs as torch counts them while the compiled module runs on the meta device."""
    model = fishcompile.compile(path).to("meta").eval()
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(torch.empty(1, 3, height, width, device="meta"))
    return int(counter.get_total_flops()) // 2


@pytest.mark.parametrize("name", SHIPPED)
def test_parameters_and_convolutions_are_the_authors(name: str) -> None:
    total = compiled(shipped(name)).total
    assert (total.parameters, total.convolutions) == PUBLISHED[name]
    assert round(total.macs / 1e9, 4) == GIGA_MACS[name]
    # three in the tail, one in the bridge
    assert total.isolated == 4


@pytest.mark.parametrize("name", SHIPPED)
def test_torch_counts_the_same(name: str) -> None:
    analysis = compiled(shipped(name))
    model = fishcompile.compile(shipped(name))
    parameters = sum(p.numel() for p in model.parameters())
    convolutions = [module for module in model.modules() if isinstance(module, nn.Conv2d)]
    assert (parameters, len(convolutions)) == PUBLISHED[name]
    assert counted(shipped(name), 224, 224) == analysis.total.macs


def test_torch_counts_the_same_on_a_real_tensor() -> None:
    model = fishcompile.compile(shipped("fishnet99")).eval()
    with FlopCounterMode(display=False) as counter, torch.inference_mode():
        model(torch.zeros(1, 3, 224, 224))
    assert counter.get_total_flops() // 2 == compiled(shipped("fishnet99")).total.macs


@pytest.mark.parametrize("sides", [(64, 64), (96, 160), (225, 225), (33, 47)])
def test_macs_follow_the_size_of_the_input(tmp_path: Path, sides: tuple[int, int]) -> None:
    height, width = sides
    path = write_minnow(tmp_path, {"input": f"{{channels: 3, size: [{height}, {width}]}}"})
    assert compiled(path).total.macs == counted(path, height, width)


def test_macs_of_a_variant_of_fishnet99(tmp_path: Path) -> None:
    base = (shipped("fishnet99")).read_text(encoding="utf-8")
    (tmp_path / "fishnet99.yaml").write_text(base, encoding="utf-8")
    variant = tmp_path / "larger.yaml"
    variant.write_text(
        "fishspec: 2\nname: larger\nextends: fishnet99.yaml\ninput: {size: [256, 320]}\n",
        encoding="utf-8",
    )
    report = fishcompile.check(variant)
    assert report.ok, report
    total = compiled(variant).total
    assert total.parameters == PUBLISHED["fishnet99"][0]
    assert total.macs == counted(variant, 256, 320)


@pytest.mark.parametrize(
    "changes",
    [
        {"body": "{body2: {blocks: 1, up: deconv, transfer: {from: tail1}}}", "head": None},
        {"head": "{head1: {blocks: 1, down: strided_conv, transfer: {from: body2}}}"},
        {"tail": "{tail1: {out: 16, blocks: 1, block: {groups: 4}}, tail2: {out: 32, blocks: 2}}"},
    ],
)
def test_macs_with_other_words(tmp_path: Path, changes: dict[str, str | None]) -> None:
    path = write_minnow(tmp_path, {"taps": None, **changes})
    total = compiled(path).total
    assert total.macs == counted(path, 64, 64)
    assert total.parameters == sum(p.numel() for p in fishcompile.compile(path).parameters())


def convs(analysis: Analysis, prefix: str) -> list[str]:
    isolated = isolated_convolutions(analysis.inference.graph)
    return sorted(name for name in isolated if name.startswith(prefix))


def test_the_isolated_convolutions_are_those_on_shortcuts() -> None:
    assert convs(compiled(shipped("fishnet99")), "") == [
        "bridge.refine.0.shortcut.conv",
        "tail1.refine.0.shortcut.conv",
        "tail2.refine.0.shortcut.conv",
        "tail3.refine.0.shortcut.conv",
    ]


def test_a_tail_that_duplicates_has_no_isolated_convolution(tmp_path: Path) -> None:
    tail = "{tail1: {blocks: 1, shortcut: duplicate, k: 2}, tail2: {out: 32, blocks: 1}}"
    analysis = minnow(tmp_path, {"tail": tail})
    assert convs(analysis, "tail") == ["tail2.refine.0.shortcut.conv"]


def test_the_cost_of_a_net_worked_out_by_hand(tmp_path: Path) -> None:
    """One 3x3 convolution at stride 2, then one bottleneck from 4 to 8 channels and its I-conv."""
    path = write_minnow(
        tmp_path,
        {
            "input": "{channels: 1, size: [6, 10]}",
            "stem": "{conv1: {kind: conv, out: 4, stride: 2}}",
            "tail": "{tail1: {out: 8, blocks: 1}}",
            "taps": "{out: tail1}",
            **dict.fromkeys(("bridge", "body", "head", "classifier")),
        },
    )
    costs = compiled(path).costs
    # 36 weights and BN's 8, over 3x5 pixels
    assert below(costs, "stem") == Cost(36 + 8, 36 * 15, 1, 0)
    # shortcut 4x8, then 4x2, 2x2x9, 2x8; BN of 4, 4, 2, 2 channels; all before the pooling
    weights = 32 + 8 + 36 + 16
    assert below(costs, "tail1") == Cost(weights + 8 + 8 + 4 + 4, weights * 15, 4, 1)
    assert below(costs, "tail1.refine.0.shortcut") == Cost(32 + 8, 32 * 15, 1, 1)
    assert below(costs, "tail") == Cost()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("fishnet99", {"c2": (320, 4), "c3": (832, 8), "c4": (1600, 16), "c5": (2112, 32)}),
        ("fishnet201", {"c2": (320, 4), "c3": (832, 8), "c4": (1600, 16), "c5": (2112, 32)}),
    ],
)
def test_the_taps_of_the_fish(name: str, expected: dict[str, tuple[int, int]]) -> None:
    graph = compiled(shipped(name)).inference.graph
    stride = strides(graph)
    taps = {tap: (graph.types[v].channels, stride[v]) for tap, v in graph.taps}
    assert taps == expected


def test_strides_go_down_and_up_again(tmp_path: Path) -> None:
    graph = minnow(tmp_path, {"taps": None}).inference.graph
    stride = strides(graph)
    # without taps every stage is one; the last output is the logits
    assert [(tap, stride[value]) for tap, value in graph.taps] == [
        ("tail1", 4),
        ("tail2", 8),
        ("bridge", 8),
        ("body2", 4),
        ("body1", 2),
        ("head1", 4),
        ("head2", 8),
    ]


def test_of_branches_with_as_many_convolutions_none_is_a_shortcut(tmp_path: Path) -> None:
    """Neither bypasses the other; with one more in a branch, the other is the shortcut."""
    block = """\
fishspec: 2
name: twins
input: {size: 8}
blocks:
  twin:
    graph:
      left: {kind: conv, from: input, out: 8, norm: none}
      right: {kind: conv, from: input, out: 8, norm: none}
      sum: {kind: add, from: [left, right]}
graph:
  twin: {kind: twin, from: input}
outputs: {o: twin}
"""
    path = tmp_path / "twins.yaml"
    path.write_text(block, encoding="utf-8")
    assert convs(compiled(path), "") == []
    longer = block.replace("[left, right]", "[left, more]").replace(
        "      sum:", "      more: {kind: conv, from: right, out: 8, norm: none}\n      sum:"
    )
    path.write_text(longer, encoding="utf-8")
    assert convs(compiled(path), "") == ["twin.left.conv"]
