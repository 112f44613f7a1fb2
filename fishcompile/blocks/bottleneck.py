"""The pre-activation bottleneck of FishNet, and its four shortcuts.

Source: Sun et al. 2018, and the authors' `fish_block.py`: BN comes before ReLU and
the middle is a quarter of the output's channels.
"""

from __future__ import annotations

from dataclasses import dataclass

from fishcompile.blocks.pre_act_conv import PreActConv
from fishcompile.ir.builder import Block, Builder
from fishcompile.ir.graph import Value
from fishcompile.ops.add import Add
from fishcompile.ops.channel_repeat import ChannelRepeat
from fishcompile.ops.channel_sum import ChannelSum


@dataclass(frozen=True)
class Bottleneck(Block):
    """x + M(x), where M is a 1x1, a 3x3 and a 1x1 PreActConv."""

    channels: int
    dilation: int = 1
    groups: int = 1
    reduction: int = 4

    def expand(self, b: Builder, x: Value) -> Value:
        """(channels, h, w) to the same shape."""
        y = _refine(b, x, self.channels, self.channels, self)
        return b.op("sum", Add(), x, y)


@dataclass(frozen=True)
class ProjectBottleneck(Block):
    """P(x) + M(x), where P is a 1x1 convolution to the new width: an I-conv."""

    in_channels: int
    out_channels: int
    dilation: int = 1
    groups: int = 1
    reduction: int = 4

    def expand(self, b: Builder, x: Value) -> Value:
        """(in_channels, h, w) to (out_channels, h, w)."""
        shortcut = b.block("shortcut", PreActConv(self.in_channels, self.out_channels), x)
        y = _refine(b, x, self.in_channels, self.out_channels, self)
        return b.op("sum", Add(), shortcut, y)


@dataclass(frozen=True)
class ReduceBottleneck(Block):
    """r(x) + M(x), where r sums each k adjacent channels."""

    in_channels: int
    out_channels: int
    dilation: int = 1
    groups: int = 1
    reduction: int = 4

    def expand(self, b: Builder, x: Value) -> Value:
        """(in_channels, h, w) to (out_channels, h, w); k is their quotient."""
        shortcut = b.op("shortcut", ChannelSum(self.in_channels // self.out_channels), x)
        y = _refine(b, x, self.in_channels, self.out_channels, self)
        return b.op("sum", Add(), shortcut, y)


@dataclass(frozen=True)
class DuplicateBottleneck(Block):
    """d(x) + M(x), where d repeats each channel k times: the inverse of r."""

    in_channels: int
    out_channels: int
    dilation: int = 1
    groups: int = 1
    reduction: int = 4

    def expand(self, b: Builder, x: Value) -> Value:
        """(in_channels, h, w) to (out_channels, h, w); k is their quotient."""
        shortcut = b.op("shortcut", ChannelRepeat(self.out_channels // self.in_channels), x)
        y = _refine(b, x, self.in_channels, self.out_channels, self)
        return b.op("sum", Add(), shortcut, y)


_Any = Bottleneck | ProjectBottleneck | ReduceBottleneck | DuplicateBottleneck


def _refine(b: Builder, x: Value, in_channels: int, out_channels: int, block: _Any) -> Value:
    mid = out_channels // block.reduction
    x = b.block("conv1", PreActConv(in_channels, mid), x)
    middle = PreActConv(mid, mid, 3, dilation=block.dilation, groups=block.groups)
    x = b.block("conv2", middle, x)
    return b.block("conv3", PreActConv(mid, out_channels), x)
