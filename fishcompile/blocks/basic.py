"""The pre-activation block of two 3x3 convolutions.

Source: He et al. 2016, "Identity Mappings in Deep Residual Networks".
"""

from __future__ import annotations

from fishcompile.blocks.residual_parts import gated, groups_of, pre_act
from fishcompile.blocks.shortcuts import Residual, residual_kind
from fishcompile.ir.builder import Builder
from fishcompile.ir.graph import Value


def _refine(block: Residual, b: Builder, x: Value) -> Value:
    entering, leaving, stride, dilation = block.shape
    groups = groups_of(b, "conv1", leaving, block)
    first = pre_act(block, (entering, leaving), 3, groups, stride=stride, dilation=dilation)
    x = b.block("conv1", first, x)
    x = b.block("conv2", pre_act(block, (leaving, leaving), 3, groups, dilation=dilation), x)
    return gated(b, x, leaving, block)


KIND = residual_kind(
    "BasicBlock",
    _refine,
    "two 3x3 PreActConvs",
    description="two 3x3 convolutions as wide as the block, norm and activation before each",
    unread=("reduction", "reduction_of"),
)
