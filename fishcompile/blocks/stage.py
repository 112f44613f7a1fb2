"""Stage: refine, sample, merge; the tail's, the UR and the DR blocks of FishNet.

Source: Sun et al. 2018. Every variation of the three steps is a word of
the spec; what is not written takes the default of its section.
"""

from __future__ import annotations

from collections.abc import Sequence

from fishcompile.blocks.pre_act_conv import PreActConv
from fishcompile.blocks.residual import residual_blocks
from fishcompile.blocks.residual_parts import BlockWords
from fishcompile.ir.builder import Block, Builder
from fishcompile.ir.graph import Item, Value
from fishcompile.ops.add import Add
from fishcompile.ops.avg_pool import AvgPool
from fishcompile.ops.concat import Concat
from fishcompile.ops.deconv import ConvTranspose
from fishcompile.ops.max_pool import MaxPool
from fishcompile.ops.upsample import Upsample
from fishcompile.record import record


@record
class _Trunk(Block):
    in_channels: int
    out_channels: int
    skip_channels: int
    blocks: int
    transfer_blocks: int
    dilation: int = 1


@record
class Stage(BlockWords, _Trunk):
    """Refine and sample."""

    kernel: int = 2
    stride: int = 2
    block: str = "bottleneck"
    shortcut: str = "identity"
    sample: str = "none"
    merge: str = "none"

    def expand(self, b: Builder, x: Value, skip: Value | None = None) -> Value:
        """(in_channels, h, w) and perhaps (skip_channels, h', w') to the merged map.

        The trunk's width is out_channels, or in_channels where the shortcut is an identity.
        """
        widths = (self.in_channels, self.out_channels)
        first, rest = residual_blocks(
            self.block, self.shortcut, *widths, self, dilation=self.dilation
        )
        x = b.repeat("refine", first, rest, self.blocks, x)
        trunk = self._sample(b, x, rest.out_channels, skip)
        if skip is None:
            return trunk
        widths = (self.skip_channels, self.skip_channels)
        carry, _ = residual_blocks(self.block, "identity", *widths, self)
        carried = b.repeat("transfer", carry, carry, self.transfer_blocks, skip)
        return b.op("merged", Add() if self.merge == "add" else Concat(), trunk, carried)

    @classmethod
    def about(cls, inside: Sequence[Item]) -> str:
        """The class's own line, without a step that it has not."""
        line, names = super().about(inside), {item.local for item in inside}
        if not names & {"down", "up"}:
            line = line.replace("Refine and sample", "Refine: a row of residual blocks")
        return line if "transfer" in names else line.replace("T(skip)", "skip")

    def _sample(self, b: Builder, x: Value, width: int, skip: Value | None) -> Value:
        operands = (x,) if skip is None else (x, skip)
        # half a window, as the released stem pads its 3x3 one; none for 2x2
        padding = (self.kernel - 1) // 2
        match self.sample:
            case "max_pool":
                return b.op("down", MaxPool(self.kernel, self.stride, padding), x)
            case "avg_pool":
                return b.op("down", AvgPool(self.kernel, self.stride, padding), x)
            case "strided_conv":
                conv = PreActConv(width, width, self.kernel, self.stride, norm_act=self.norm_act)
                return b.block("down", conv, x)
            case "nearest" | "bilinear":
                return b.op("up", Upsample(self.sample, self.stride), *operands)
            case "deconv":
                return b.op("up", ConvTranspose(width, width, self.stride, self.stride), *operands)
            case _:
                return x


class TailStage(Stage):
    """Refine, then down-sample."""


class URBlock(Stage):
    """Up-sampling and refinement: concat(up(r(x) + M(x)), T(skip))."""


class DRBlock(Stage):
    """Down-sampling and refinement: concat(down(x + M(x)), T(skip))."""
