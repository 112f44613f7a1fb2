"""ChannelGate: squeeze-and-excitation weights for the channels (Hu et al. 2018)."""

from __future__ import annotations

from fishcompile.blocks.norm_act import NORM_ACT, NormAct, activated
from fishcompile.ir.builder import Block, Builder
from fishcompile.ir.graph import Value
from fishcompile.ops.conv import Conv
from fishcompile.ops.global_avg_pool import GlobalAvgPool
from fishcompile.ops.sigmoid import Sigmoid
from fishcompile.record import record


@record
class ChannelGate(Block):
    """A weight in (0, 1) for each of out_channels, from the whole map's average."""

    in_channels: int
    mid_channels: int
    out_channels: int
    norm_act: NormAct = NORM_ACT

    def expand(self, b: Builder, x: Value) -> Value:
        """(in_channels, h, w) to (out_channels, 1, 1)."""
        x = b.op("pool", GlobalAvgPool(), self.norm_act(b, x, self.in_channels))
        x = b.op("conv1", Conv(self.in_channels, self.mid_channels, 1, bias=True), x)
        x = activated(b, x, self.norm_act.act, "1")
        x = b.op("conv2", Conv(self.mid_channels, self.out_channels, 1, bias=True), x)
        return b.op("sigmoid", Sigmoid(), x)
