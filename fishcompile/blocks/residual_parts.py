"""What the kinds of residual blocks share: their words, their shapes, and the parts of M(x)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field, replace
from typing import NamedTuple

from fishcompile.blocks.conv_norm_act import ConvNormAct
from fishcompile.blocks.norm_act import NORM_ACT, NormAct
from fishcompile.blocks.pre_act_conv import PreActConv
from fishcompile.blocks.squeeze_excite import SqueezeExcite
from fishcompile.ir.builder import Block, Builder, Part
from fishcompile.ir.graph import Value
from fishcompile.ops.base import ShapeError
from fishcompile.ops.conv import same_padding
from fishcompile.ops.tensor import TensorType
from fishcompile.record import record


@record
class Branch:
    """An M(x) that a spec defines or a plug-in brings.

    `make` gives the part that refines a map of a type, with the numbers that the residual block
    has for it: `out`, `stride` and `dilation`.
    """

    kind: str
    values: tuple[tuple[str, int | str], ...]
    make: Callable[[Branch, TensorType, dict[str, int]], Part] = field(compare=False)


@record
class BlockWords:
    """What an author chooses of residual blocks, whatever their kind and place.

    `group_width` 0 and `se` 0 are not written. `reduction_of` in or out: the channels that
    `reduction` divides. With `branch`, M(x) is that, and of the others `norm_act` alone is read.
    """

    groups: int = 1
    reduction: int = 4
    group_width: int = 0
    se: int = 0
    reduction_of: str = "out"
    norm_act: NormAct = NORM_ACT
    branch: Branch | None = None

    def lasts(self) -> bool:
        """Not with a branch, whose name means something else in another spec."""
        return self.branch is None


class Shape(NamedTuple):
    """The channels that enter and leave a block, and its 3x3 convolutions' stride and dilation."""

    in_channels: int
    out_channels: int
    stride: int
    dilation: int


def middle_of(shape: Shape, words: BlockWords) -> int:
    """The width of a bottleneck's 3x3 convolution."""
    whole = shape.in_channels if words.reduction_of == "in" else shape.out_channels
    return whole // words.reduction


def groups_of(b: Builder, name: str, channels: int, words: BlockWords) -> int:
    """The groups of the 3x3 convolution `name`. Raises ExpansionError for an inexact width."""
    width = words.group_width
    if not width:
        return words.groups
    if channels % width:
        message = f"groups of {int(width)} do not divide {int(channels)} channels"
        cause = ShapeError("FC302", message, "group_width", divide=int(channels))
        raise b.fault(name, cause)
    return channels // width


def pre_act(
    words: BlockWords, widths: tuple[int, int], kernel: int = 1, groups: int = 1, **steps: int
) -> Block:
    """Norm, activation, convolution."""
    return PreActConv(*widths, kernel, groups=groups, norm_act=words.norm_act, **steps)


def post_act(
    words: BlockWords,
    widths: tuple[int, int],
    kernel: int = 1,
    groups: int = 1,
    stride: int = 1,
    dilation: int = 1,
    *,
    acts: bool = True,
) -> Block:
    """Convolution, norm, and the activation unless a sum comes before it."""
    norm_act = words.norm_act if acts else replace(words.norm_act, act="none")
    padding = same_padding(kernel, dilation)
    return ConvNormAct(*widths, kernel, stride, padding, dilation, groups, norm_act.bias, norm_act)


def gated(b: Builder, y: Value, channels: int, words: BlockWords) -> Value:
    """M(x) after the squeeze-and-excitation, where there is one."""
    if not words.se:
        return y
    return b.block("se", SqueezeExcite(channels, channels // words.se, words.norm_act.act), y)
