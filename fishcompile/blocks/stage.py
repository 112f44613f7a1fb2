"""Stage: refine, sample, merge; the tail's, the UR and the DR blocks of FishNet.

Source: Sun et al. 2018. Every variation of the three steps is a word of
the spec; what is not written takes the default of its section.
"""

from __future__ import annotations

from dataclasses import dataclass

from fishcompile.blocks.bottleneck import (
    Bottleneck,
    DuplicateBottleneck,
    ProjectBottleneck,
    ReduceBottleneck,
)
from fishcompile.blocks.pre_act_conv import PreActConv
from fishcompile.ir.builder import Block, Builder
from fishcompile.ir.graph import Value
from fishcompile.ops.add import Add
from fishcompile.ops.avg_pool import AvgPool
from fishcompile.ops.concat import Concat
from fishcompile.ops.conv_transpose import ConvTranspose
from fishcompile.ops.max_pool import MaxPool
from fishcompile.ops.upsample import Upsample

_Change = type[ProjectBottleneck] | type[ReduceBottleneck] | type[DuplicateBottleneck]
_SHORTCUTS: dict[str, _Change] = {
    "project": ProjectBottleneck,
    "reduce": ReduceBottleneck,
    "duplicate": DuplicateBottleneck,
}


@dataclass(frozen=True)
class Stage(Block):
    """Refine and sample."""

    in_channels: int
    out_channels: int
    skip_channels: int
    blocks: int
    transfer_blocks: int
    dilation: int = 1
    groups: int = 1
    reduction: int = 4
    kernel: int = 2
    stride: int = 2
    shortcut: str = "identity"
    sample: str = "none"
    merge: str = "none"

    def expand(self, b: Builder, x: Value, skip: Value | None = None) -> Value:
        """(in_channels, h, w) and perhaps (skip_channels, h', w') to the merged map.

        The trunk's width is out_channels, or in_channels where the shortcut is an identity.
        """
        first, width = self._first()
        rest = Bottleneck(width, self.dilation, self.groups, self.reduction)
        x = b.repeat("refine", first, rest, self.blocks, x)
        trunk = self._sample(b, x, width, skip)
        if skip is None:
            return trunk
        carry = Bottleneck(self.skip_channels, groups=self.groups, reduction=self.reduction)
        carried = b.repeat("transfer", carry, carry, self.transfer_blocks, skip)
        return b.op("merged", Add() if self.merge == "add" else Concat(), trunk, carried)

    def _first(self) -> tuple[Block, int]:
        """The first block, which alone may change the width, and the width after it."""
        options = (self.dilation, self.groups, self.reduction)
        changes = self.in_channels != self.out_channels
        if self.shortcut == "identity" or (self.shortcut == "project" and not changes):
            return Bottleneck(self.in_channels, *options), self.in_channels
        kind = _SHORTCUTS[self.shortcut]
        return kind(self.in_channels, self.out_channels, *options), self.out_channels

    def _sample(self, b: Builder, x: Value, width: int, skip: Value | None) -> Value:
        operands = (x,) if skip is None else (x, skip)
        # half a window, as the authors pad a 3x3 one; none for 2x2
        padding = (self.kernel - 1) // 2
        match self.sample:
            case "max_pool":
                return b.op("down", MaxPool(self.kernel, self.stride, padding), x)
            case "avg_pool":
                return b.op("down", AvgPool(self.kernel, self.stride, padding), x)
            case "strided_conv":
                return b.block("down", PreActConv(width, width, self.kernel, self.stride), x)
            case "nearest" | "bilinear":
                return b.op("up", Upsample(self.sample, self.stride), *operands)
            case "deconv":
                return b.op("up", ConvTranspose(width, width, self.stride), *operands)
            case _:
                return x


class TailStage(Stage):
    """Refine, then down-sample."""


class URBlock(Stage):
    """Up-sampling and refinement: concat(up(r(x) + M(x)), T(skip))."""


class DRBlock(Stage):
    """Down-sampling and refinement: concat(down(x + M(x)), T(skip))."""
