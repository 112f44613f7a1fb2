"""ChannelGate: squeeze-and-excitation weights for the channels (Hu et al. 2018)."""

from __future__ import annotations

from dataclasses import dataclass

from fishcompile.ir.builder import Block, Builder
from fishcompile.ir.graph import Value
from fishcompile.ops.batch_norm import BatchNorm
from fishcompile.ops.conv import Conv
from fishcompile.ops.global_avg_pool import GlobalAvgPool
from fishcompile.ops.relu import Relu
from fishcompile.ops.sigmoid import Sigmoid


@dataclass(frozen=True)
class ChannelGate(Block):
    """A weight between 0 and 1 for each of out_channels, from the whole map's average."""

    in_channels: int
    mid_channels: int
    out_channels: int

    def expand(self, b: Builder, x: Value) -> Value:
        """(in_channels, h, w) to (out_channels, 1, 1)."""
        x = b.op("bn", BatchNorm(self.in_channels), x)
        x = b.op("pool", GlobalAvgPool(), b.op("relu", Relu(), x))
        x = b.op("conv1", Conv(self.in_channels, self.mid_channels, 1, bias=True), x)
        x = b.op(
            "conv2",
            Conv(self.mid_channels, self.out_channels, 1, bias=True),
            b.op("relu1", Relu(), x),
        )
        return b.op("sigmoid", Sigmoid(), x)
