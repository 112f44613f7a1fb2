"""Classifier: score convolution, global average pooling, and a 1x1 convolution to the classes."""

from __future__ import annotations

from fishcompile.blocks.norm_act import NORM_ACT, NormAct
from fishcompile.blocks.pre_act_conv import PreActConv
from fishcompile.ir.builder import Block, Builder
from fishcompile.ir.graph import Value
from fishcompile.ops.conv import Conv
from fishcompile.ops.flatten import Flatten
from fishcompile.ops.global_avg_pool import GlobalAvgPool
from fishcompile.record import record


@record
class Classifier(Block):
    """Logits of an image: score convolution, average over the map, linear layer."""

    in_channels: int
    classes: int
    reduction: int = 2
    norm_act: NormAct = NORM_ACT

    def expand(self, b: Builder, x: Value) -> Value:
        """(in_channels, h, w) to (classes,)."""
        mid = self.in_channels // self.reduction
        x = b.block("score", PreActConv(self.in_channels, mid, norm_act=self.norm_act), x)
        x = b.op("pool", GlobalAvgPool(), self.norm_act(b, x, mid))
        x = b.op("fc", Conv(mid, self.classes, 1, bias=True), x)
        return b.op("flatten", Flatten(), x)
