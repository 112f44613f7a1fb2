"""ConvNormAct: convolve, normalise, activate; the unit of the stem."""

from __future__ import annotations

from dataclasses import dataclass

from fishcompile.ir.builder import Block, Builder
from fishcompile.ir.graph import Value
from fishcompile.ops.batch_norm import BatchNorm
from fishcompile.ops.conv import Conv
from fishcompile.ops.relu import Relu


@dataclass(frozen=True)
class ConvNormAct(Block):
    """Convolution without bias, BN, ReLU."""

    in_channels: int
    out_channels: int
    kernel: int = 3
    stride: int = 1
    padding: int = 1
    dilation: int = 1
    groups: int = 1

    def expand(self, b: Builder, x: Value) -> Value:
        """(in_channels, h, w) to (out_channels, h', w') by the convolution's own formula."""
        conv = Conv(
            self.in_channels,
            self.out_channels,
            self.kernel,
            self.stride,
            self.padding,
            self.dilation,
            self.groups,
        )
        x = b.op("conv", conv, x)
        x = b.op("bn", BatchNorm(self.out_channels), x)
        return b.op("relu", Relu(), x)
