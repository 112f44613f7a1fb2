"""The block of two 3x3 convolutions of ResNet, and its four shortcuts.

Source: He et al. 2016, "Deep Residual Learning for Image Recognition".
"""

from __future__ import annotations

from fishcompile.blocks.residual_parts import gated, groups_of, post_act
from fishcompile.blocks.shortcuts import (
    AnyResidual,
    Duplicated,
    Identity,
    Projected,
    Reduced,
    ResidualKind,
    activated_sum,
    norm_projection,
)
from fishcompile.ir.builder import Builder
from fishcompile.ir.graph import Value


def _refine(block: AnyResidual, b: Builder, x: Value) -> Value:
    entering, leaving, stride, dilation = block.shape
    groups = groups_of(b, "conv1", leaving, block)
    x = b.block("conv1", post_act(block, (entering, leaving), 3, groups, stride, dilation), x)
    last = post_act(block, (leaving, leaving), 3, groups, dilation=dilation, acts=False)
    x = b.block("conv2", last, x)
    return gated(b, x, leaving, block)


class ResNetBasicBlock(Identity):
    """act(x + M(x)), where M is two 3x3 ConvNormActs."""

    refine = _refine
    join = activated_sum


class ProjectResNetBasicBlock(Projected):
    """act(P(x) + M(x)), where P is a 1x1 convolution to the new width: an I-conv."""

    refine = _refine
    join = activated_sum
    shortcut = norm_projection


class ReduceResNetBasicBlock(Reduced):
    """act(r(x) + M(x)), where r sums each k adjacent channels."""

    refine = _refine
    join = activated_sum


class DuplicateResNetBasicBlock(Duplicated):
    """act(d(x) + M(x)), where d repeats each channel k times: the inverse of r."""

    refine = _refine
    join = activated_sum


KIND = ResidualKind(
    ResNetBasicBlock,
    ProjectResNetBasicBlock,
    ReduceResNetBasicBlock,
    DuplicateResNetBasicBlock,
    description="as `basic`, norm and activation behind each, the last activation behind the sum",
    unread=("reduction", "reduction_of", "order"),
)
