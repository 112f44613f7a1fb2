"""The bottleneck of ResNet v1.5, which activates after the sum, and its four shortcuts.

Source: He et al. 2016, "Deep Residual Learning for Image Recognition"; v1.5 is torchvision's, with
the stride on the 3x3 convolution.
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
    middle_of,
    post_act,
    reduced,
)
from fishcompile.ir.builder import Builder
from fishcompile.ir.graph import Value
from fishcompile.ops.add import Add


@dataclass(frozen=True)
class ResNetBottleneck(BlockWords, Kept):
    """act(x + M(x)), where M is a 1x1, a 3x3 and a 1x1 ConvNormAct."""

    def expand(self, b: Builder, x: Value) -> Value:
        """(channels, h, w) to the same shape."""
        y = b.op("sum", Add(), x, _refine(b, x, self))
        return activated(b, y, self.norm_act.act)


@dataclass(frozen=True)
class ProjectResNetBottleneck(BlockWords, Changed):
    """act(P(x) + M(x)), where P is a 1x1 convolution to the new width: an I-conv."""

    def expand(self, b: Builder, x: Value) -> Value:
        """(in_channels, h, w) to (out_channels, h', w'), smaller by the stride."""
        widths = (self.in_channels, self.out_channels)
        shortcut = b.block("shortcut", post_act(self, widths, stride=self.stride, acts=False), x)
        y = b.op("sum", Add(), shortcut, _refine(b, x, self))
        return activated(b, y, self.norm_act.act)


@dataclass(frozen=True)
class ReduceResNetBottleneck(BlockWords, Changed):
    """act(r(x) + M(x)), where r sums each k adjacent channels."""

    def expand(self, b: Builder, x: Value) -> Value:
        """(in_channels, h, w) to (out_channels, h, w)."""
        y = b.op("sum", Add(), reduced(b, x, self.shape), _refine(b, x, self))
        return activated(b, y, self.norm_act.act)


@dataclass(frozen=True)
class DuplicateResNetBottleneck(BlockWords, Changed):
    """act(d(x) + M(x)), where d repeats each channel k times: the inverse of r."""

    def expand(self, b: Builder, x: Value) -> Value:
        """(in_channels, h, w) to (out_channels, h, w)."""
        y = b.op("sum", Add(), duplicated(b, x, self.shape), _refine(b, x, self))
        return activated(b, y, self.norm_act.act)


_Any = (
    ResNetBottleneck | ProjectResNetBottleneck | ReduceResNetBottleneck | DuplicateResNetBottleneck
)


def _refine(b: Builder, x: Value, block: _Any) -> Value:
    entering, leaving, stride, dilation = block.shape
    middle = middle_of(block.shape, block)
    x = b.block("conv1", post_act(block, (entering, middle)), x)
    groups = groups_of(b, "conv2", middle, block)
    x = b.block("conv2", post_act(block, (middle, middle), 3, groups, stride, dilation), x)
    x = b.block("conv3", post_act(block, (middle, leaving), acts=False), x)
    return gated(b, x, leaving, block)
