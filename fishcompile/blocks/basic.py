"""The pre-activation block of two 3x3 convolutions, and its four shortcuts.

Source: He et al. 2016, "Identity Mappings in Deep Residual Networks".
"""

from __future__ import annotations

from fishcompile.blocks.residual_parts import gated, groups_of, pre_act
from fishcompile.blocks.shortcuts import (
    AnyResidual,
    Duplicated,
    Identity,
    Projected,
    Reduced,
    ResidualKind,
)
from fishcompile.ir.builder import Builder
from fishcompile.ir.graph import Value


def _refine(block: AnyResidual, b: Builder, x: Value) -> Value:
    entering, leaving, stride, dilation = block.shape
    groups = groups_of(b, "conv1", leaving, block)
    first = pre_act(block, (entering, leaving), 3, groups, stride=stride, dilation=dilation)
    x = b.block("conv1", first, x)
    x = b.block("conv2", pre_act(block, (leaving, leaving), 3, groups, dilation=dilation), x)
    return gated(b, x, leaving, block)


class BasicBlock(Identity):
    """x + M(x), where M is two 3x3 PreActConvs."""

    refine = _refine


class ProjectBasicBlock(Projected):
    """P(x) + M(x), where P is a 1x1 convolution to the new width: an I-conv."""

    refine = _refine


class ReduceBasicBlock(Reduced):
    """r(x) + M(x), where r sums each k adjacent channels."""

    refine = _refine


class DuplicateBasicBlock(Duplicated):
    """d(x) + M(x), where d repeats each channel k times: the inverse of r."""

    refine = _refine


KIND = ResidualKind(
    BasicBlock,
    ProjectBasicBlock,
    ReduceBasicBlock,
    DuplicateBasicBlock,
    description="two 3x3 convolutions as wide as the block, norm and activation before each",
    unread=("reduction", "reduction_of"),
)
