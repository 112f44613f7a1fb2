"""The pre-activation bottleneck of FishNet, and its four shortcuts.

Source: Sun et al. 2018, and the authors' `fish_block.py`: BN comes before ReLU and
the middle is a quarter of the output's channels.
"""

from __future__ import annotations

from dataclasses import dataclass

from fishcompile.blocks.residual_parts import (
    BlockWords,
    Changed,
    Kept,
    duplicated,
    gated,
    groups_of,
    middle_of,
    pre_act,
    reduced,
)
from fishcompile.ir.builder import Builder
from fishcompile.ir.graph import Value
from fishcompile.ops.add import Add


@dataclass(frozen=True)
class Bottleneck(BlockWords, Kept):
    """x + M(x), where M is a 1x1, a 3x3 and a 1x1 PreActConv."""

    def expand(self, b: Builder, x: Value) -> Value:
        """(channels, h, w) to the same shape."""
        return b.op("sum", Add(), x, _refine(b, x, self))


@dataclass(frozen=True)
class ProjectBottleneck(BlockWords, Changed):
    """P(x) + M(x), where P is a 1x1 convolution to the new width: an I-conv."""

    def expand(self, b: Builder, x: Value) -> Value:
        """(in_channels, h, w) to (out_channels, h', w'), smaller by the stride."""
        widths = (self.in_channels, self.out_channels)
        shortcut = b.block("shortcut", pre_act(self, widths, stride=self.stride), x)
        return b.op("sum", Add(), shortcut, _refine(b, x, self))


@dataclass(frozen=True)
class ReduceBottleneck(BlockWords, Changed):
    """r(x) + M(x), where r sums each k adjacent channels."""

    def expand(self, b: Builder, x: Value) -> Value:
        """(in_channels, h, w) to (out_channels, h, w)."""
        return b.op("sum", Add(), reduced(b, x, self.shape), _refine(b, x, self))


@dataclass(frozen=True)
class DuplicateBottleneck(BlockWords, Changed):
    """d(x) + M(x), where d repeats each channel k times: the inverse of r."""

    def expand(self, b: Builder, x: Value) -> Value:
        """(in_channels, h, w) to (out_channels, h, w)."""
        return b.op("sum", Add(), duplicated(b, x, self.shape), _refine(b, x, self))


_Any = Bottleneck | ProjectBottleneck | ReduceBottleneck | DuplicateBottleneck


def _refine(b: Builder, x: Value, block: _Any) -> Value:
    entering, leaving, *_ = block.shape
    middle = middle_of(block.shape, block)
    x = b.block("conv1", pre_act(block, (entering, middle)), x)
    groups = groups_of(b, "conv2", middle, block)
    steps = {"stride": block.stride, "dilation": block.dilation}
    x = b.block("conv2", pre_act(block, (middle, middle), 3, groups, **steps), x)
    x = b.block("conv3", pre_act(block, (middle, leaving)), x)
    return gated(b, x, leaving, block)
