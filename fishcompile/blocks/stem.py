"""Stem: the convolutions and the pooling before the first stage, layer by layer as written."""

from __future__ import annotations

from dataclasses import dataclass

from fishcompile.blocks.conv_norm_act import ConvNormAct
from fishcompile.ir.builder import Block, Builder
from fishcompile.ir.graph import Value
from fishcompile.ops.avg_pool import AvgPool
from fishcompile.ops.max_pool import MaxPool


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class Stem(Block):
    """The layers before the first stage."""

    layers: tuple[StemLayer, ...] = ()

    def expand(self, b: Builder, x: Value) -> Value:
        """(c, h, w) to what the last layer gives."""
        for layer in self.layers:
            window = (layer.kernel, layer.stride, layer.padding)
            if layer.op == "conv":
                rest = (layer.dilation, layer.groups)
                conv = ConvNormAct(x.type.channels, layer.out, *window, *rest)
                x = b.block(layer.name, conv, x)
            else:
                pool = MaxPool(*window) if layer.op == "max_pool" else AvgPool(*window)
                x = b.op(layer.name, pool, x)
        return x
