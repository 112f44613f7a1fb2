"""ConvNormAct: convolve, normalise, activate; the unit of the stem and of ResNet's blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar

from fishcompile.blocks.norm_act import NORM_ACT, SHORT, NormAct, held
from fishcompile.ir.builder import Block, Builder
from fishcompile.ir.graph import Item, Node, Value
from fishcompile.ops.conv import Conv
from fishcompile.record import record


@record
class ConvNormAct(Block):
    """Convolution, norm, activation."""

    derived: ClassVar[Mapping[str, str]] = MappingProxyType({"padding": "dilation * (kernel // 2)"})

    in_channels: int
    out_channels: int
    kernel: int = 3
    stride: int = 1
    padding: int = 1
    dilation: int = 1
    groups: int = 1
    bias: bool = False
    norm_act: NormAct = NORM_ACT

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
            bool(self.bias),  # plain, for the docstring says it
        )
        x = b.op("conv", conv, x)
        return self.norm_act(b, x, self.out_channels)

    @classmethod
    def named(cls, nodes: Sequence[Node]) -> str:
        """ConvNormAct, ConvNorm, ConvAct or ConvActNorm; PlainConv where neither follows."""
        return f"Conv{held(nodes[1:])}" if nodes[1:] else "PlainConv"

    @classmethod
    def about(cls, inside: Sequence[Item]) -> str:
        """The ops by name, in their order."""
        ops = [item.op for item in inside if isinstance(item, Node)]
        bare = isinstance(ops[0], Conv) and not ops[0].bias
        first = "Convolution without bias" if bare else "Convolution"
        return f"{', '.join([first, *(SHORT[op.kind] for op in ops[1:])])}."
