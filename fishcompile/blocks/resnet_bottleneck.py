"""The bottleneck of ResNet v1.5, which activates after the sum.

Source: He et al. 2016, "Deep Residual Learning for Image Recognition"; v1.5 is torchvision's, with
the stride on the 3x3 convolution.
"""

from __future__ import annotations

from fishcompile.blocks.residual_parts import gated, groups_of, middle_of, post_act
from fishcompile.blocks.shortcuts import Residual, residual_kind
from fishcompile.ir.builder import Builder
from fishcompile.ir.graph import Value


def _refine(block: Residual, b: Builder, x: Value) -> Value:
    entering, leaving, stride, dilation = block.shape
    middle = middle_of(block.shape, block)
    x = b.block("conv1", post_act(block, (entering, middle)), x)
    groups = groups_of(b, "conv2", middle, block)
    x = b.block("conv2", post_act(block, (middle, middle), 3, groups, stride, dilation), x)
    x = b.block("conv3", post_act(block, (middle, leaving), acts=False), x)
    return gated(b, x, leaving, block)


KIND = residual_kind(
    "ResNetBottleneck",
    _refine,
    "1x1, 3x3 and 1x1 ConvNormActs",
    activates=True,
    description="as `bottleneck`, norm and activation behind each, the last activation behind the "
    "sum, as in ResNet v1.5",
    unread=("order",),
)
