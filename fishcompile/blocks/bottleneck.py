"""The pre-activation bottleneck of FishNet.

Source: `fish_block.py` of the released code (Sun et al. 2018): BN comes before ReLU, and the middle
is a quarter of the output's channels.
"""

from __future__ import annotations

from fishcompile.blocks.residual_parts import gated, groups_of, middle_of, pre_act
from fishcompile.blocks.shortcuts import Residual, residual_kind
from fishcompile.ir.builder import Builder
from fishcompile.ir.graph import Value


def _refine(block: Residual, b: Builder, x: Value) -> Value:
    entering, leaving, *_ = block.shape
    middle = middle_of(block.shape, block)
    x = b.block("conv1", pre_act(block, (entering, middle)), x)
    groups = groups_of(b, "conv2", middle, block)
    steps = {"stride": block.stride, "dilation": block.dilation}
    x = b.block("conv2", pre_act(block, (middle, middle), 3, groups, **steps), x)
    x = b.block("conv3", pre_act(block, (middle, leaving)), x)
    return gated(b, x, leaving, block)


KIND = residual_kind(
    "Bottleneck",
    _refine,
    "1x1, 3x3 and 1x1 PreActConvs",
    description="1x1, 3x3 and 1x1 convolution, norm and activation before each, as in FishNet's "
    "released code",
    unread=(),
)
