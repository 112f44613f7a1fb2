"""The block of two 3x3 convolutions of ResNet.

Source: He et al. 2016, "Deep Residual Learning for Image Recognition".
"""

from __future__ import annotations

from fishcompile.blocks.residual_parts import gated, groups_of, post_act
from fishcompile.blocks.shortcuts import Residual, residual_kind
from fishcompile.ir.builder import Builder
from fishcompile.ir.graph import Value


def _refine(block: Residual, b: Builder, x: Value) -> Value:
    entering, leaving, stride, dilation = block.shape
    groups = groups_of(b, "conv1", leaving, block)
    x = b.block("conv1", post_act(block, (entering, leaving), 3, groups, stride, dilation), x)
    last = post_act(block, (leaving, leaving), 3, groups, dilation=dilation, acts=False)
    x = b.block("conv2", last, x)
    return gated(b, x, leaving, block)


KIND = residual_kind(
    "ResNetBasicBlock",
    _refine,
    "two 3x3 ConvNormActs",
    activates=True,
    description="as `basic`, norm and activation behind each, the last activation behind the sum",
    unread=("reduction", "reduction_of", "order"),
)
