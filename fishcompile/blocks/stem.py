"""Stem: the convolutions and the pooling before the first stage, layer by layer as written."""

from __future__ import annotations

from fishcompile.blocks.conv_norm_act import ConvNormAct
from fishcompile.blocks.norm_act import NORM_ACT, NormAct
from fishcompile.ir.builder import Block, Builder
from fishcompile.ir.graph import Value
from fishcompile.ops.avg_pool import AvgPool
from fishcompile.ops.base import Op
from fishcompile.ops.max_pool import MaxPool
from fishcompile.record import record


@record
class StemLayer:
    """One layer: `op` is conv (with `out` channels), max_pool or avg_pool."""

    name: str
    op: str
    out: int
    kernel: int
    stride: int
    padding: int
    dilation: int = 1
    groups: int = 1
    bias: bool = False
    norm_act: NormAct = NORM_ACT


@record
class Stem(Block):
    """The layers before the first stage."""

    layers: tuple[StemLayer, ...] = ()

    def expand(self, b: Builder, x: Value) -> Value:
        """(c, h, w) to what the last layer gives."""
        for layer in self.layers:
            x = b.add(layer.name, layer_part(layer, x.type.channels), x)
        return x


def layer_part(layer: StemLayer, channels: int) -> Block | Op:
    """The block or op of one layer that gets so many channels."""
    window = (layer.kernel, layer.stride, layer.padding)
    if layer.op == "max_pool":
        return MaxPool(*window)
    if layer.op == "avg_pool":
        return AvgPool(*window)
    groups = (layer.dilation, layer.groups)
    return ConvNormAct(channels, layer.out, *window, *groups, layer.bias, layer.norm_act)
