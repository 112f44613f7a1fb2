"""The block of two 3x3 convolutions of ResNet, and its four shortcuts.

Source: He et al. 2016, "Deep Residual Learning for Image Recognition".
"""

from __future__ import annotations

from dataclasses import dataclass

from fishcompile.blocks.norm_act import activated
from fishcompile.blocks.residual_parts import (
    BlockWords,
    Changed,
    Kept,
    duplicated,
    gated,
    groups_of,
    post_act,
    reduced,
)
from fishcompile.ir.builder import Builder
from fishcompile.ir.graph import Value
from fishcompile.ops.add import Add


@dataclass(frozen=True)
class ResNetBasicBlock(BlockWords, Kept):
    """act(x + M(x)), where M is two 3x3 ConvNormActs."""

    def expand(self, b: Builder, x: Value) -> Value:
        """(channels, h, w) to the same shape."""
        y = b.op("sum", Add(), x, _refine(b, x, self))
        return activated(b, y, self.norm_act.act)


@dataclass(frozen=True)
class ProjectResNetBasicBlock(BlockWords, Changed):
    """act(P(x) + M(x)), where P is a 1x1 convolution to the new width: an I-conv."""

    def expand(self, b: Builder, x: Value) -> Value:
        """(in_channels, h, w) to (out_channels, h', w'), smaller by the stride."""
        widths = (self.in_channels, self.out_channels)
        shortcut = b.block("shortcut", post_act(self, widths, stride=self.stride, acts=False), x)
        y = b.op("sum", Add(), shortcut, _refine(b, x, self))
        return activated(b, y, self.norm_act.act)


@dataclass(frozen=True)
class ReduceResNetBasicBlock(BlockWords, Changed):
    """act(r(x) + M(x)), where r sums each k adjacent channels."""

    def expand(self, b: Builder, x: Value) -> Value:
        """(in_channels, h, w) to (out_channels, h, w)."""
        y = b.op("sum", Add(), reduced(b, x, self.shape), _refine(b, x, self))
        return activated(b, y, self.norm_act.act)


@dataclass(frozen=True)
class DuplicateResNetBasicBlock(BlockWords, Changed):
    """act(d(x) + M(x)), where d repeats each channel k times: the inverse of r."""

    def expand(self, b: Builder, x: Value) -> Value:
        """(in_channels, h, w) to (out_channels, h, w)."""
        y = b.op("sum", Add(), duplicated(b, x, self.shape), _refine(b, x, self))
        return activated(b, y, self.norm_act.act)


_Any = (
    ResNetBasicBlock | ProjectResNetBasicBlock | ReduceResNetBasicBlock | DuplicateResNetBasicBlock
)


def _refine(b: Builder, x: Value, block: _Any) -> Value:
    entering, leaving, stride, dilation = block.shape
    groups = groups_of(b, "conv1", leaving, block)
    x = b.block("conv1", post_act(block, (entering, leaving), 3, groups, stride, dilation), x)
    last = post_act(block, (leaving, leaving), 3, groups, dilation=dilation, acts=False)
    x = b.block("conv2", last, x)
    return gated(b, x, leaving, block)
