"""The kinds of residual blocks: parameters of published networks, and forwards in torch's words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from fishcompile.analysis.costs import below, costs
from fishcompile.blocks.norm_act import NormAct
from fishcompile.blocks.residual import residual_blocks
from fishcompile.blocks.residual_parts import BlockWords
from fishcompile.ir.builder import Builder
from fishcompile.ir.fault import ExpansionError
from fishcompile.ir.graph import Graph
from fishcompile.ops.tensor import feature_map
from fishcompile.targets.module import instantiate
from fishcompile.targets.python_source.emit import emit

PLAIN = BlockWords()


def stage(
    kind: str, shortcut: str, widths: tuple[int, int], words: BlockWords, count: int, **steps: int
) -> Graph:
    """A row of blocks on a map of 32x24."""
    b = Builder()
    x = b.input("input", feature_map(widths[0], (32, 24)))
    y = b.repeat("row", *residual_blocks(kind, shortcut, *widths, words, **steps), count, x)
    return b.graph("row_net", (("row", y.name),))


def parameters(graph: Graph) -> int:
    return below(costs(graph), "").parameters


@pytest.mark.parametrize(
    ("kind", "words", "widths", "count", "stride", "expected"),
    [
        # as torchvision has them: the stages of ResNet-50, some of ResNet-18, one of ResNeXt-50
        ("resnet_bottleneck", PLAIN, (64, 256), 3, 1, 215_808),
        ("resnet_bottleneck", PLAIN, (256, 512), 4, 2, 1_219_584),
        ("resnet_bottleneck", PLAIN, (512, 1024), 6, 2, 7_098_368),
        ("resnet_bottleneck", PLAIN, (1024, 2048), 3, 2, 14_964_736),
        ("resnet_basic", PLAIN, (64, 64), 2, 1, 147_968),
        ("resnet_basic", PLAIN, (64, 128), 2, 2, 525_568),
        ("resnet_basic", PLAIN, (256, 512), 2, 2, 8_393_728),
        ("resnet_bottleneck", BlockWords(reduction=2, group_width=4), (64, 256), 3, 1, 205_824),
    ],
)
def test_the_parameters_of_published_stages(
    kind: str, words: BlockWords, widths: tuple[int, int], count: int, stride: int, expected: int
) -> None:
    graph = stage(kind, "project", widths, words, count, stride=stride)
    assert parameters(graph) == expected
    height = 32 // stride
    assert graph.types[graph.taps[0][1]] == feature_map(widths[1], (height, 24 // stride))


def norms(*channels: int) -> int:
    """The weights and biases of batch norms of these widths."""
    return 2 * sum(channels)


@pytest.mark.parametrize(
    ("kind", "shortcut", "words", "expected"),
    [
        # 16 channels come, 32 leave; by hand
        ("bottleneck", "project", PLAIN, 16 * 8 + 576 + 8 * 32 + norms(16, 8, 8) + 512 + 32),
        ("bottleneck", "duplicate", PLAIN, 16 * 8 + 576 + 8 * 32 + norms(16, 8, 8)),
        (
            "bottleneck",
            "duplicate",
            BlockWords(reduction_of="in"),  # 16 // 4 channels in the middle
            16 * 4 + 144 + 4 * 32 + norms(16, 4, 4),
        ),
        (
            "bottleneck",
            "duplicate",
            BlockWords(groups=2),
            16 * 8 + 576 // 2 + 8 * 32 + norms(16, 8, 8),
        ),
        (
            "bottleneck",
            "duplicate",
            BlockWords(group_width=2),  # four groups
            16 * 8 + 576 // 4 + 8 * 32 + norms(16, 8, 8),
        ),
        (
            "bottleneck",
            "duplicate",
            BlockWords(se=8),  # 32 // 8 channels in the gate's middle
            16 * 8 + 576 + 8 * 32 + norms(16, 8, 8) + 32 * 4 + 4 + 4 * 32 + 32,
        ),
        (
            "bottleneck",
            "duplicate",
            BlockWords(norm_act=NormAct(norm="none")),  # biases for norms
            16 * 8 + 576 + 8 * 32 + 8 + 8 + 32,
        ),
        (
            "bottleneck",
            "duplicate",
            BlockWords(norm_act=NormAct(norm="group", channels=4)),
            16 * 8 + 576 + 8 * 32 + norms(16, 8, 8),
        ),
        ("basic", "duplicate", PLAIN, 16 * 32 * 9 + 32 * 32 * 9 + norms(16, 32)),
        ("basic", "project", PLAIN, 16 * 32 * 9 + 32 * 32 * 9 + norms(16, 32) + 512 + 32),
        ("resnet_basic", "duplicate", PLAIN, 16 * 32 * 9 + 32 * 32 * 9 + norms(32, 32)),
        (
            "resnet_bottleneck",
            "duplicate",
            BlockWords(norm_act=NormAct(norm="none")),
            16 * 8 + 8 + 576 + 8 + 8 * 32 + 32,
        ),
    ],
)
def test_the_parameters_of_a_block(
    kind: str, shortcut: str, words: BlockWords, expected: int
) -> None:
    assert parameters(stage(kind, shortcut, (16, 32), words, 1)) == expected


def norm(module: Any, x: Tensor) -> Tensor:
    if hasattr(module, "gn"):
        return F.group_norm(x, module.gn.num_groups, module.gn.weight, module.gn.bias)
    bn = module.bn
    return F.batch_norm(x, bn.running_mean, bn.running_var, bn.weight, bn.bias)


def conv(module: Any, x: Tensor, **steps: Any) -> Tensor:
    return F.conv2d(x, module.conv.weight, module.conv.bias, **steps)


def bottleneck(m: Any, x: Tensor, act: Callable[[Tensor], Tensor]) -> Tensor:
    three = {"stride": 2, "padding": 2, "dilation": 2}
    y = conv(m.conv1, act(norm(m.conv1, x)))
    y = conv(m.conv3, act(norm(m.conv3, conv(m.conv2, act(norm(m.conv2, y)), **three))))
    return y + conv(m.shortcut, act(norm(m.shortcut, x)), stride=2)


def basic(m: Any, x: Tensor, act: Callable[[Tensor], Tensor]) -> Tensor:
    y = conv(m.conv1, act(norm(m.conv1, x)), stride=2, padding=2, dilation=2)
    y = conv(m.conv2, act(norm(m.conv2, y)), padding=2, dilation=2)
    return y + conv(m.shortcut, act(norm(m.shortcut, x)), stride=2)


def resnet_bottleneck(m: Any, x: Tensor, act: Callable[[Tensor], Tensor]) -> Tensor:
    y = act(norm(m.conv1, conv(m.conv1, x)))
    y = act(norm(m.conv2, conv(m.conv2, y, stride=2, padding=2, dilation=2)))
    return act(norm(m.conv3, conv(m.conv3, y)) + norm(m.shortcut, conv(m.shortcut, x, stride=2)))


def resnet_basic(m: Any, x: Tensor, act: Callable[[Tensor], Tensor]) -> Tensor:
    y = act(norm(m.conv1, conv(m.conv1, x, stride=2, padding=2, dilation=2)))
    y = norm(m.conv2, conv(m.conv2, y, padding=2, dilation=2))
    return act(y + norm(m.shortcut, conv(m.shortcut, x, stride=2)))


FORWARDS = {
    "bottleneck": bottleneck,
    "basic": basic,
    "resnet_bottleneck": resnet_bottleneck,
    "resnet_basic": resnet_basic,
}


def built(graph: Graph) -> Any:
    """The network in evaluation, its norms with figures of their own."""
    torch.manual_seed(0)
    text = emit(graph, "0" * 64, below(costs(graph), ""))
    model: Any = instantiate(text, "row_net").double().eval()
    for key, value in model.state_dict().items():
        if key.endswith(("bn.weight", "gn.weight", "running_var")):
            value.uniform_(0.5, 1.5)
        elif key.endswith(("bias", "running_mean")):
            value.uniform_(-0.5, 0.5)
    return model


@pytest.mark.parametrize("act", ["relu", "silu", "gelu"])
@pytest.mark.parametrize("kind", FORWARDS)
@torch.inference_mode()
def test_the_forward_of_a_kind(kind: str, act: str) -> None:
    words = BlockWords(norm_act=NormAct("batch" if act == "relu" else "group", 4, act))
    model = built(stage(kind, "project", (16, 32), words, 1, stride=2, dilation=2))
    image = torch.randn(2, 16, 32, 24, dtype=torch.float64)
    expected = FORWARDS[kind](model.row[0], image, getattr(F, act))
    assert torch.allclose(model(image)["row"], expected)


@torch.inference_mode()
def test_the_activation_may_come_first() -> None:
    words = BlockWords(norm_act=NormAct(order="act_first"))
    model = built(stage("basic", "identity", (16, 16), words, 1))
    image = torch.randn(2, 16, 32, 24, dtype=torch.float64)
    m = model.row[0]
    y = conv(m.conv1, norm(m.conv1, F.relu(image)), padding=1)
    y = conv(m.conv2, norm(m.conv2, F.relu(y)), padding=1)
    assert torch.allclose(model(image)["row"], image + y)


@torch.inference_mode()
def test_squeeze_and_excitation_weighs_what_refines_and_not_the_shortcut() -> None:
    model = built(stage("resnet_basic", "identity", (16, 16), BlockWords(se=4), 1))
    image = torch.randn(2, 16, 32, 24, dtype=torch.float64)
    m = model.row[0]
    y = F.relu(norm(m.conv1, conv(m.conv1, image, padding=1)))
    y = norm(m.conv2, conv(m.conv2, y, padding=1))
    gate = F.relu(m.se.conv1(y.mean(dim=(2, 3), keepdim=True)))
    assert torch.allclose(model(image)["row"], F.relu(image + y * m.se.conv2(gate).sigmoid()))


def test_a_projection_is_there_where_width_or_sides_change() -> None:
    for widths, stride, has in (((16, 16), 1, False), ((16, 32), 1, True), ((16, 16), 2, True)):
        graph = stage("resnet_bottleneck", "project", widths, PLAIN, 2, stride=stride)
        shortcuts = [node.name for node in graph.nodes if ".shortcut." in node.name]
        assert bool(shortcuts) is has
        assert all(name.startswith("row.0.") for name in shortcuts)


def test_a_shortcut_without_weights_takes_no_stride() -> None:
    with pytest.raises(ExpansionError, match="32x24 and 16x12"):
        stage("basic", "identity", (16, 16), PLAIN, 1, stride=2)


def test_what_follows_an_error_is_blamed_on_itself() -> None:
    b = Builder()
    x = b.input("input", feature_map(16, (8, 8)))
    for name, words, field in (
        ("one", BlockWords(groups=3), "groups"),
        ("two", BlockWords(group_width=3), "group_width"),
        ("three", BlockWords(norm_act=NormAct("group", 5)), "norm"),
    ):
        first, _ = residual_blocks("bottleneck", "project", 16, 32, words)
        with pytest.raises(ExpansionError) as caught:
            b.block(name, first, x)
        assert (caught.value.fields, caught.value.cause.rule) == ((field,), "FC302")
        assert caught.value.node.startswith(f"{name}.")
