"""The pre-activation block of two 3x3 convolutions, and its four shortcuts.

Source: He et al. 2016, "Identity Mappings in Deep Residual Networks".
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
    pre_act,
    reduced,
)
from fishcompile.ir.builder import Builder
from fishcompile.ir.graph import Value
from fishcompile.ops.add import Add


@dataclass(frozen=True)
class BasicBlock(BlockWords, Kept):
    """x + M(x), where M is two 3x3 PreActConvs."""

    def expand(self, b: Builder, x: Value) -> Value:
        """(channels, h, w) to the same shape."""
        return b.op("sum", Add(), x, _refine(b, x, self))


@dataclass(frozen=True)
class ProjectBasicBlock(BlockWords, Changed):
    """P(x) + M(x), where P is a 1x1 convolution to the new width: an I-conv."""

    def expand(self, b: Builder, x: Value) -> Value:
        """(in_channels, h, w) to (out_channels, h', w'), smaller by the stride."""
        widths = (self.in_channels, self.out_channels)
        shortcut = b.block("shortcut", pre_act(self, widths, stride=self.stride), x)
        return b.op("sum", Add(), shortcut, _refine(b, x, self))


@dataclass(frozen=True)
class ReduceBasicBlock(BlockWords, Changed):
    """r(x) + M(x), where r sums each k adjacent channels."""

    def expand(self, b: Builder, x: Value) -> Value:
        """(in_channels, h, w) to (out_channels, h, w)."""
        return b.op("sum", Add(), reduced(b, x, self.shape), _refine(b, x, self))


@dataclass(frozen=True)
class DuplicateBasicBlock(BlockWords, Changed):
    """d(x) + M(x), where d repeats each channel k times: the inverse of r."""

    def expand(self, b: Builder, x: Value) -> Value:
        """(in_channels, h, w) to (out_channels, h, w)."""
        return b.op("sum", Add(), duplicated(b, x, self.shape), _refine(b, x, self))


_Any = BasicBlock | ProjectBasicBlock | ReduceBasicBlock | DuplicateBasicBlock


def _refine(b: Builder, x: Value, block: _Any) -> Value:
    entering, leaving, stride, dilation = block.shape
    groups = groups_of(b, "conv1", leaving, block)
    first = pre_act(block, (entering, leaving), 3, groups, stride=stride, dilation=dilation)
    x = b.block("conv1", first, x)
    x = b.block("conv2", pre_act(block, (leaving, leaving), 3, groups, dilation=dilation), x)
    return gated(b, x, leaving, block)
