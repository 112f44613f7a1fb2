"""PreActConv: normalise, activate, convolve; the unit that a FishNet is made of."""

from __future__ import annotations

from collections.abc import Sequence

from fishcompile.blocks.norm_act import NORM_ACT, SHORT, NormAct, held
from fishcompile.ir.builder import Block, Builder
from fishcompile.ir.graph import Item, Node, Value
from fishcompile.ops.conv import Conv, same_padding
from fishcompile.record import record


@record
class PreActConv(Block):
    """Norm, activation, convolution; the padding keeps the sides at stride 1."""

    in_channels: int
    out_channels: int
    kernel: int = 1
    stride: int = 1
    dilation: int = 1
    groups: int = 1
    norm_act: NormAct = NORM_ACT

    def expand(self, b: Builder, x: Value) -> Value:
        """(in_channels, h, w) to (out_channels, ceil(h / stride), ceil(w / stride))."""
        x = self.norm_act(b, x, self.in_channels)
        conv = Conv(
            self.in_channels,
            self.out_channels,
            self.kernel,
            self.stride,
            same_padding(self.kernel, self.dilation),
            self.dilation,
            self.groups,
            self.norm_act.bias,
        )
        return b.op("conv", conv, x)

    @classmethod
    def named(cls, nodes: Sequence[Node]) -> str:
        """PreActConv where norm and activation precede; else by that which does."""
        before = held(nodes[:-1])
        return "PreActConv" if before == "NormAct" else f"{before}Conv" if before else "PlainConv"

    @classmethod
    def about(cls, inside: Sequence[Item]) -> str:
        """The ops by name, in their order."""
        parts = ", ".join(SHORT[item.op.kind] for item in inside if isinstance(item, Node))
        return f"{parts}; the padding keeps the sides at stride 1."
