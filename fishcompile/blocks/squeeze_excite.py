"""SqueezeExcite: a map whose channels are weighed by its own average (Hu et al. 2018)."""

from __future__ import annotations

from fishcompile.blocks.norm_act import activated
from fishcompile.ir.builder import Block, Builder
from fishcompile.ir.graph import Value
from fishcompile.ops.conv import Conv
from fishcompile.ops.global_avg_pool import GlobalAvgPool
from fishcompile.ops.mul import Mul
from fishcompile.ops.sigmoid import Sigmoid
from fishcompile.record import record


@record
class SqueezeExcite(Block):
    """x * g(x), where g gives each channel a weight between 0 and 1 from the whole map."""

    channels: int
    mid_channels: int
    act: str = "relu"

    def expand(self, b: Builder, x: Value) -> Value:
        """(channels, h, w) to the same shape."""
        gate = b.op("pool", GlobalAvgPool(), x)
        gate = b.op("conv1", Conv(self.channels, self.mid_channels, 1, bias=True), gate)
        gate = activated(b, gate, self.act)
        gate = b.op("conv2", Conv(self.mid_channels, self.channels, 1, bias=True), gate)
        return b.op("scaled", Mul(), x, b.op("sigmoid", Sigmoid(), gate))
