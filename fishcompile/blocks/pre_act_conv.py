"""PreActConv: normalise, activate, convolve; the unit that a FishNet is made of."""

from __future__ import annotations

from dataclasses import dataclass

from fishcompile.ir.builder import Block, Builder
from fishcompile.ir.graph import Value
from fishcompile.ops.batch_norm import BatchNorm
from fishcompile.ops.conv import Conv
from fishcompile.ops.relu import Relu


@dataclass(frozen=True)
class PreActConv(Block):
    """BN, ReLU, convolution; the padding keeps the sides at stride 1."""

    in_channels: int
    out_channels: int
    kernel: int = 1
    stride: int = 1
    dilation: int = 1
    groups: int = 1

    def expand(self, b: Builder, x: Value) -> Value:
        """(in_channels, h, w) to (out_channels, ceil(h / stride), ceil(w / stride))."""
        x = b.op("bn", BatchNorm(self.in_channels), x)
        x = b.op("relu", Relu(), x)
        conv = Conv(
            self.in_channels,
            self.out_channels,
            self.kernel,
            self.stride,
            self.dilation * (self.kernel // 2),
            self.dilation,
            self.groups,
        )
        return b.op("conv", conv, x)
