"""Bridge: the squeeze-and-excitation stage between tail and body, the fish's narrowest point."""

from __future__ import annotations

from fishcompile.blocks.channel_gate import ChannelGate
from fishcompile.blocks.pre_act_conv import PreActConv
from fishcompile.blocks.residual import residual_blocks
from fishcompile.blocks.residual_parts import BlockWords
from fishcompile.ir.builder import Block, Builder
from fishcompile.ir.graph import Value
from fishcompile.ops.add import Add
from fishcompile.ops.conv import Conv
from fishcompile.ops.mul import Mul
from fishcompile.record import record


@record
class _Widths(Block):
    in_channels: int
    out_channels: int
    blocks: int
    widen: int = 2
    squeeze: int = 16


@record
class Bridge(BlockWords, _Widths):
    """Widen, refine back to out_channels, and gate the channels."""

    block: str = "bottleneck"
    gate: str = "scale_add"

    def expand(self, b: Builder, x: Value) -> Value:
        """(in_channels, h, w) to (out_channels, h, w)."""
        half, wide = self.in_channels // 2, self.in_channels * self.widen
        x = b.block("squeeze", PreActConv(self.in_channels, half, norm_act=self.norm_act), x)
        x = self.norm_act(b, x, half)
        x = b.op("widen", Conv(half, wide, 1, bias=True), x)
        first, rest = residual_blocks(self.block, "project", wide, self.out_channels, self)
        if self.gate == "none":
            return b.repeat("refine", first, rest, self.blocks, x)
        mid = self.out_channels // self.squeeze
        gate = b.block("gate", ChannelGate(wide, mid, self.out_channels, self.norm_act), x)
        x = b.repeat("refine", first, rest, self.blocks, x)
        x = b.op("scaled", Mul(), x, gate)
        return b.op("shifted", Add(), x, gate) if self.gate == "scale_add" else x
