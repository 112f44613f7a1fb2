"""Gradient paths: the table against the paper's argument, torch's Jacobians, and the dead ends."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

import fishcompile
from fishcompile.analysis.free_paths import GradientPath, ends_of, gradient_paths
from fishcompile.analysis.gradient import dead_ends
from fishcompile.pipeline import compiled
from tests.nets import shipped, write_minnow


def paths_of(path: Path) -> dict[str, GradientPath]:
    return {found.stage: found for found in gradient_paths(compiled(path).inference.graph)}


def test_every_stage_of_a_fish_is_reached_freely_but_the_end_of_its_tail() -> None:
    """Skips carry all others on; tail3 goes on through the bridge alone, and its gate."""
    found = paths_of(shipped("fishnet99"))
    assert [name for name, path in found.items() if not path.free] == ["tail3"]
    assert found["stem"].through == ("concat", "max_pool", "add")
    assert found["tail3"].isolated == ("bridge.refine.0.shortcut.conv",)
    assert found["tail3"].broken_at == "bridge.scaled"


def test_each_resolution_of_resnet_costs_an_isolated_convolution() -> None:
    """ResNet projects its shortcut where the width changes, which is once in each stage."""
    found = paths_of(shipped("resnet50"))
    assert {name: len(path.isolated) for name, path in found.items()} == {
        "conv1": 4, "pool": 4, "layer1": 3, "layer2": 2, "layer3": 1, "layer4": 0
    }  # fmt: skip
    assert found["layer2"].broken_at == "layer4.0.shortcut.conv"
    assert found["layer2"].convolutions == ("layer4.0.shortcut.conv", "layer3.0.shortcut.conv")


def test_a_pyramid_has_its_lateral_convolutions_in_the_way() -> None:
    found = paths_of(shipped("resnet50_fpn"))
    assert {name: found[name].convolutions for name in ("layer1", "layer2", "layer3")} == {
        "layer1": ("inner0",), "layer2": ("inner1",), "layer3": ("inner2",)
    }  # fmt: skip


def without_convolutions(path: Path) -> nn.Module:
    """The model in evaluation with all weights of convolutions and gates at nothing."""
    model = fishcompile.compile(path).eval()
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.zeros_(module.weight)
    return model


def gradients(model: nn.Module, path: Path, end: str) -> dict[str, torch.Tensor]:
    """The gradient of the sum of what the stage `end` gives, by stage."""
    outputs: dict[str, torch.Tensor] = {}

    def keep(name: str) -> object:
        def hook(_module: nn.Module, _inputs: object, output: torch.Tensor) -> torch.Tensor:
            # so that each stage is a leaf's equal, whatever is in front of it
            kept = output if output.requires_grad else output.requires_grad_()
            kept.retain_grad()
            outputs[name] = kept
            return kept

        return hook

    handles = [
        module.register_forward_hook(keep(name))  # type: ignore[arg-type]
        for name, module in model.named_children()
    ]
    shape = compiled(path).inference.graph.inputs[0].type.shape
    model(torch.rand(2, *shape, generator=torch.Generator().manual_seed(0)))
    outputs[end].sum().backward()  # type: ignore[no-untyped-call]
    for handle in handles:
        handle.remove()
    return {
        name: torch.zeros_like(output) if output.grad is None else output.grad
        for name, output in outputs.items()
    }


@pytest.mark.parametrize(
    ("changes", "last"),
    [
        ({}, "head2"),
        ({"taps": "{fine: body1}", "head": None, "classifier": None}, "body1"),
        ({"tail": "{tail1: {out: 16, blocks: 1, down: strided_conv}, tail2: {out: 32, blocks: 1}}"},
         "head2"),
    ],
)  # fmt: skip
def test_without_weights_the_gradient_comes_back_where_the_table_says(
    changes: dict[str, str | None], last: str, tmp_path: Path
) -> None:
    """What is left of a Jacobian is its free paths: there the gradient is whole, elsewhere zero."""
    path = write_minnow(tmp_path, changes)
    found = paths_of(path)
    came = gradients(without_convolutions(path), path, last)
    assert {name: bool(came[name].abs().sum() > 0) for name in found} == {
        name: each.free for name, each in found.items()
    }


LINEAR = """\
fishspec: 2
name: linear
input: {channels: 4, size: 8}
graph:
  a: {kind: conv, from: input, out: 8, norm: none, act: none}
  b: {kind: avg_pool, from: a, kernel: 2}
  c: {kind: conv, from: b, out: 4, norm: none, act: none}
  d: {kind: channel_sum, from: b, k: 2}
  e: {kind: add, from: [c, d]}
  f: {kind: upsample, from: e, to: a}
  g: {kind: concat, from: [f, a]}
  head: {kind: conv, from: g, out: 2, kernel: 1, norm: none, act: none}
outputs: {y: head}
"""


def test_along_the_linear_parts_the_jacobian_is_that_of_the_path(tmp_path: Path) -> None:
    """From b on channels are summed in pairs, and each pixel is there four times."""
    path = tmp_path / "linear.yaml"
    path.write_text(LINEAR, encoding="utf-8")
    found = paths_of(path)["b"]
    assert (found.free, found.through) == (True, ("concat", "upsample", "add", "channel_sum"))
    ways = {name: each.broken_at for name, each in paths_of(path).items()}
    assert set(ways.values()) == {None}
    model = without_convolutions(path)
    b = torch.rand(1, 8, 4, 4)

    def rest(b: torch.Tensor) -> torch.Tensor:
        """The emitted module, made to compute b where it pools, up to what its head reads."""
        captured: list[torch.Tensor] = []
        wide = b.repeat_interleave(2, 2).repeat_interleave(2, 3)
        hooks = [
            model.get_submodule("a").register_forward_hook(lambda *_: wide),
            model.get_submodule("head").register_forward_pre_hook(
                lambda _, inputs: captured.append(inputs[0])
            ),
        ]
        model(torch.zeros(1, 4, 8, 8))
        for hook in hooks:
            hook.remove()
        return captured[0][:, :4]  # of the concatenation, what came by way of b

    whole = torch.autograd.functional.jacobian(rest, b)  # type: ignore[no-untyped-call]
    jacobian = whole[0, :, :, :, 0]
    for channel in range(4):
        for row in range(8):
            for column in range(8):
                expected = torch.zeros(8, 4, 4)
                expected[2 * channel : 2 * channel + 2, row // 2, column // 2] = 1
                assert torch.allclose(jacobian[channel, row, column], expected)


@pytest.mark.parametrize("name", ["fishnet99", "fishnet150_strided_conv", "resnet50", "unet"])
def test_free_are_those_that_are_no_dead_ends(name: str) -> None:
    """The rule on free paths goes over the graph in its own way."""
    graph = compiled(shipped(name)).inference.graph
    tops = {item.local: getattr(item, "output", item.name) for item in graph.children[""]}
    found = gradient_paths(graph)
    starts = {each.stage: tops[each.stage] for each in found}
    closed = dead_ends(graph, starts, ends_of(graph))
    assert {each.stage for each in found if not each.free} == set(closed)
