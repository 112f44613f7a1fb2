"""The family's specs: parameters by hand, outputs by hand, at their own size and at others.

Shapes at other sizes are those of the emitted network run on torch's meta device, which has shapes
and no values.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

import pytest
import torch

from fishcompile.package import data_file
from fishcompile.pipeline import Analysis, compiled
from fishcompile.targets.module import instantiate
from fishcompile.targets.source import emit_source


@cache
def analysis(name: str) -> Analysis:
    return compiled(data_file("specs", f"{name}.yaml"))


@cache
def network(name: str) -> Any:
    """The emitted network without values."""
    with torch.device("meta"):
        return instantiate(emit_source(analysis(name)), name).eval()


def conv(entering: int, leaving: int, kernel: int = 1, *, bias: bool = True) -> int:
    """The parameters of a convolution, or of a linear layer: kernel 1."""
    return entering * leaving * kernel * kernel + bias * leaving


# Simonyan and Zisserman 2015, table 1, column D: 13 convolutions of 3x3.
VGG = [3, 64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512]
VGG_CONVS = sum(conv(a, b, 3) for a, b in pairwise(VGG))

# Ronneberger et al. 2015, figure 1.
UNET = [(1, 64), (64, 128), (128, 256), (256, 512), (512, 1024)]
UNET_DOWN = sum(conv(a, b, 3) + conv(b, b, 3) for a, b in UNET)
# up-convolution of 2x2 to half the width, then two convolutions, of which the first reads both
UNET_UP = sum(conv(2 * a, a, 2) + conv(2 * a, a, 3) + conv(a, a, 3) for a in (512, 256, 128, 64))


def norm(channels: int) -> int:
    return 2 * channels


def residual(entering: int, leaving: int) -> int:
    """Newell et al. 2016, figure 4, each convolution behind a norm; 1x1 where it widens."""
    half = leaving // 2
    units = norm(entering) + conv(entering, half) + norm(half) + conv(half, half, 3)
    units += norm(half) + conv(half, leaving)
    return units + (conv(entering, leaving) if entering != leaving else 0)


# Of each of four levels: one residual stays up, two frame what is below; below the last one more.
HOURGLASS = (3 * 4 + 1) * residual(256, 256)
STACK = HOURGLASS + residual(256, 256) + conv(256, 256) + norm(256) + conv(256, 16)
AGAIN = conv(256, 256) + conv(16, 256)
STEM = conv(3, 64, 7) + norm(64) + residual(64, 128) + residual(128, 128) + residual(128, 256)


def convolved(entering: int, leaving: int, kernel: int = 1) -> int:
    """A convolution and its norm."""
    return conv(entering, leaving, kernel, bias=False) + norm(leaving)


def yolo(coarse: int, middle: int, fine: int) -> int:
    """Redmon and Farhadi 2018: three scales, each but the first behind a 1x1 from the one before.

    Five convolutions in turn of 1x1 and 3x3, one of 3x3, and 3 anchors of 4 + 1 + 80 numbers.
    """
    total, before = 0, 0
    for feature, width in ((coarse, 512), (middle, 256), (fine, 128)):
        if before:
            total += convolved(before, before // 2)
        total += convolved(feature + before // 2, width)
        total += 2 * (convolved(width, 2 * width, 3) + convolved(2 * width, width))
        total += convolved(width, 2 * width, 3) + conv(2 * width, 3 * (4 + 1 + 80))
        before = width
    return total


# Its table 1 without the classifier: pairs of 1x1 and 3x3 behind each halving.
DARKNET53 = convolved(3, 32, 3) + sum(
    convolved(c, 2 * c, 3) + count * (convolved(2 * c, c) + convolved(c, 2 * c, 3))
    for c, count in ((32, 1), (64, 2), (128, 8), (256, 8), (512, 4))
)
FISHNET99, SCORE = 16_628_904, 2_234_496 + 1_059_112  # the authors', and their last two layers
MASK = norm(320) + conv(320, 160, bias=False) + norm(160) + conv(160, 21)

PARAMETERS = {
    "resnet50": 25_557_032,  # torchvision
    "seresnet50": 28_088_024,  # timm
    "fishnet99_yolo": FISHNET99 - SCORE + yolo(2112, 1600, 832),
    "fishnet99_tasks": FISHNET99 + yolo(2112, 1600, 832) + MASK,
    "resnet50_fpn": 26_852_416,  # torchvision
    "vgg16": VGG_CONVS + conv(512 * 7 * 7, 4096) + conv(4096, 4096) + conv(4096, 1000),
    "fcn8s": VGG_CONVS
    + conv(512, 4096, 7)
    + conv(4096, 4096)
    + sum(conv(width, 21) for width in (4096, 512, 256))
    + 2 * conv(21, 21, 4, bias=False)
    + conv(21, 21, 16, bias=False),
    "unet": UNET_DOWN + UNET_UP + conv(64, 2),
    "stacked_hourglass": STEM + 8 * STACK + 7 * AGAIN,
}


def test_the_arithmetic() -> None:
    """The sums above, as they are written elsewhere where they are."""
    assert VGG_CONVS == 14_714_688  # torchvision's `vgg16().features`
    assert PARAMETERS["vgg16"] == 138_357_544
    assert PARAMETERS["fcn8s"] == 134_489_759
    assert PARAMETERS["unet"] == 31_030_658
    assert PARAMETERS["stacked_hourglass"] == 25_434_112
    # what every port of YOLOv3 reports, over Darknet-53's features of strides 32, 16 and 8
    assert DARKNET53 + yolo(1024, 512, 256) == 61_949_149
    # a 1x1 convolution with its norm at either end
    assert norm(2112) + conv(2112, 1056, bias=False) + norm(1056) + conv(1056, 1000) == SCORE
    assert PARAMETERS["fishnet99_yolo"] == 35_608_829
    assert PARAMETERS["fishnet99_tasks"] == 38_957_978
    # two 1x1 convolutions with bias around a 16th of the width, in each block of four rows
    gates = ((256, 3), (512, 4), (1024, 6), (2048, 3))
    gated = sum(n * (conv(c, c // 16) + conv(c // 16, c)) for c, n in gates)
    assert PARAMETERS["resnet50"] + gated == PARAMETERS["seresnet50"]


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameters_of_the_emitted_network(name: str) -> None:
    expected = PARAMETERS[name]
    assert analysis(name).total.parameters == expected
    assert sum(parameter.numel() for parameter in network(name).parameters()) == expected


@pytest.mark.parametrize("name", [name for name in PARAMETERS if "fishnet" not in name])
def test_the_check_is_clean(name: str) -> None:
    assert analysis(name).report.diagnostics == ()


# (name, sides of the image, outputs); every other pooling of these rounds down
SHAPES: list[tuple[str, tuple[int, int], dict[str, tuple[int, ...]]]] = [
    ("vgg16", (224, 224), {"logits": (1000,)}),
    ("vgg16", (101, 64), {"logits": (1000,)}),
    ("resnet50", (65, 33), {"logits": (1000,)}),
    ("fcn8s", (224, 224), {"scores": (21, 224, 224)}),
    ("fcn8s", (64, 96), {"scores": (21, 64, 96)}),
    ("fcn8s", (101, 75), {"scores": (21, 101, 75)}),
    ("unet", (512, 512), {"scores": (2, 512, 512)}),
    ("unet", (37, 50), {"scores": (2, 37, 50)}),
    # 7x7 of stride 2 and a pooling: a quarter of the sides
    (
        "stacked_hourglass",
        (256, 256),
        {f"joints{index}": (16, 64, 64) for index in range(1, 9)},
    ),
    (
        "stacked_hourglass",
        (72, 104),
        {f"joints{index}": (16, 18, 26) for index in range(1, 9)},
    ),
    (
        "resnet50_fpn",
        (96, 64),
        {
            "p0": (256, 24, 16),
            "p1": (256, 12, 8),
            "p2": (256, 6, 4),
            "p3": (256, 3, 2),
            "ppool": (256, 2, 1),
        },
    ),
    ("seresnet50", (65, 33), {"logits": (1000,)}),
    # 3 anchors of 85 numbers at a 32th, a 16th and an 8th of the sides
    (
        "fishnet99_yolo",
        (416, 416),
        {"boxes5": (255, 13, 13), "boxes4": (255, 26, 26), "boxes3": (255, 52, 52)},
    ),
    (
        "fishnet99_yolo",
        (320, 480),
        {"boxes5": (255, 10, 15), "boxes4": (255, 20, 30), "boxes3": (255, 40, 60)},
    ),
    (
        "fishnet99_tasks",
        (416, 416),
        {
            "logits": (1000,),
            "mask": (21, 416, 416),
            "boxes5": (255, 13, 13),
            "boxes4": (255, 26, 26),
            "boxes3": (255, 52, 52),
        },
    ),
]


@pytest.mark.parametrize(("name", "sides", "expected"), SHAPES)
def test_outputs(name: str, sides: tuple[int, int], expected: dict[str, tuple[int, ...]]) -> None:
    channels = analysis(name).stages.input.channels
    given = network(name)(torch.empty(2, channels, *sides, device="meta"))
    outputs = given if isinstance(given, dict) else {next(iter(expected)): given}
    assert {key: tuple(value.shape[1:]) for key, value in outputs.items()} == expected
    if sides == analysis(name).stages.input.sides:
        graph = analysis(name).inference.graph
        assert {key: graph.types[value].shape for key, value in graph.outputs} == expected


def test_a_fish_hands_what_its_head_refined_to_each_scale() -> None:
    """Channels and strides of what the three scales read, the paper's head stages of 28 to 7."""
    found = analysis("fishnet99_yolo").inference
    reads = {node.name: node.inputs for node in found.graph.nodes if node.name.endswith(".join")}
    assert [names[-1] for names in reads.values()] == ["head2.merged", "head1.merged"]
    shapes = [found.graph.types[f"head{stage}.merged"].shape for stage in (3, 2, 1)]
    assert shapes == [(2112, 13, 13), (1600, 26, 26), (832, 52, 52)]


def test_an_hourglass_is_thirteen_residuals_around_four_halvings() -> None:
    """Newell et al. 2016, figure 3."""
    hourglass = network("stacked_hourglass").hourglass1
    sums = [name for name, _ in hourglass.named_modules() if name.endswith("unit3")]
    assert len(sums) == 13
    assert max(name.count("inner") for name in sums) == 3
    assert sum("deepest" in name for name in sums) == 1
    maps = {
        tuple(edge.shape[1:])
        for node, edge in analysis("stacked_hourglass").inference.graph.types.items()
        if node.startswith("hourglass1.")
    }
    assert maps == {(64, 64), (32, 32), (16, 16), (8, 8), (4, 4)}
