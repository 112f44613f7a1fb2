"""Bridge: the squeeze-and-excitation stage between tail and body, the fish's narrowest point."""

from __future__ import annotations

from dataclasses import dataclass

from fishcompile.blocks.bottleneck import Bottleneck, ProjectBottleneck
from fishcompile.blocks.channel_gate import ChannelGate
from fishcompile.blocks.pre_act_conv import PreActConv
from fishcompile.ir.builder import Block, Builder
from fishcompile.ir.graph import Value
from fishcompile.ops.add import Add
from fishcompile.ops.batch_norm import BatchNorm
from fishcompile.ops.conv import Conv
from fishcompile.ops.mul import Mul
from fishcompile.ops.relu import Relu


@dataclass(frozen=True)
class Bridge(Block):
    """Widen, refine back to out_channels, and gate the channels."""

    in_channels: int
    out_channels: int
    blocks: int
    widen: int = 2
    squeeze: int = 16
    groups: int = 1
    reduction: int = 4
    gate: str = "scale_add"

    def expand(self, b: Builder, x: Value) -> Value:
        """(in_channels, h, w) to (out_channels, h, w)."""
        half, wide = self.in_channels // 2, self.in_channels * self.widen
        x = b.block("squeeze", PreActConv(self.in_channels, half), x)
        x = b.op("relu", Relu(), b.op("bn", BatchNorm(half), x))
        x = b.op("widen", Conv(half, wide, 1, bias=True), x)
        options = {"groups": self.groups, "reduction": self.reduction}
        first = ProjectBottleneck(wide, self.out_channels, **options)
        rest = Bottleneck(self.out_channels, **options)
        if self.gate == "none":
            return b.repeat("refine", first, rest, self.blocks, x)
        mid = self.out_channels // self.squeeze
        gate = b.block("gate", ChannelGate(wide, mid, self.out_channels), x)
        x = b.repeat("refine", first, rest, self.blocks, x)
        x = b.op("scaled", Mul(), x, gate)
        return b.op("shifted", Add(), x, gate) if self.gate == "scale_add" else x
