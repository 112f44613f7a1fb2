"""A package with a plug-in, as its author would write it: ShuffleNet's unit and its new op.

Source of the unit: Zhang et al. 2018, "ShuffleNet", figure 2 (b), without the shortcut.
"""

CODE = '''
"""Blocks of acme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from fishcompile.blocks.pre_act_conv import PreActConv
from fishcompile.ir.builder import Block, Builder
from fishcompile.ir.graph import Value
from fishcompile import Plugin
from fishcompile.ops.base import Op, ShapeError
from fishcompile.ops.keys import whole
from fishcompile.ops.tensor import TensorType


@dataclass(frozen=True)
class ChannelShuffle(Op):
    """(c, h, w) to the same shape."""

    kind: ClassVar[str] = "acme_channel_shuffle"
    calls: ClassVar[tuple[str, ...]] = ("F.channel_shuffle",)
    groups: int

    def infer(self, *inputs: TensorType) -> TensorType:
        (x,) = inputs
        if x.channels % self.groups:
            message = f"{int(self.groups)} groups do not divide {int(x.channels)} channels"
            raise ShapeError("FC302", message, "groups", divide=int(x.channels))
        return x

    @classmethod
    def expression(cls, fields: Mapping[str, str], operands: int) -> str:
        return f"F.channel_shuffle({{0}}, {fields['groups']})"


@dataclass(frozen=True)
class ShuffleUnit(Block):
    """Grouped 1x1, channel shuffle, depthwise 3x3, grouped 1x1."""

    in_channels: int
    out_channels: int
    groups: int = 4

    def expand(self, b: Builder, x: Value) -> Value:
        mid = self.out_channels // 4
        x = b.block("squeeze", PreActConv(self.in_channels, mid, groups=self.groups), x)
        x = b.op("shuffle", ChannelShuffle(self.groups), x)
        x = b.block("depthwise", PreActConv(mid, mid, 3, groups=mid), x)
        return b.block("expand", PreActConv(mid, self.out_channels, groups=self.groups), x)


def make(x: TensorType, *, out: int, groups: int) -> Block:
    return ShuffleUnit(x.channels, out, groups)


GROUPS = whole("Groups of the 1x1 convolutions.", 1, 64, default=4)
SHUFFLE = Plugin(
    make,
    "The unit of ShuffleNet, without its shortcut.",
    {"out": whole("Channels that leave.", 1, 65536, example=64), "groups": GROUPS},
)
ONLY_SHUFFLE = Plugin(
    ChannelShuffle, "The channels of several groups, interleaved.", {"groups": GROUPS}
)
'''
ENTRIES = {"acme__shuffle": "acme_blocks:SHUFFLE", "acme__interleave": "acme_blocks:ONLY_SHUFFLE"}

NET = """\
fishspec: 2
name: shuffled
input: {size: 32}
blocks:
  two:
    parameters: {out: required, g: 2}
    graph:
      a: {kind: acme.shuffle, out: out, groups: g}
      b: {kind: acme.shuffle, out: out, groups: g * 2}
graph:
  c1: {kind: conv, out: 32, stride: 2, from: input}
  s1: {kind: acme.shuffle, out: 64, repeat: 2}
  mix: {kind: acme.interleave}
  s2: {kind: two, out: 128}
outputs: {y: s2}
"""


def unit(entering: int, leaving: int, groups: int) -> int:
    """The parameters of a ShuffleUnit by hand: three norms, three convolutions without bias."""
    mid = leaving // 4
    norms = 2 * (entering + mid + mid)
    return norms + entering * mid // groups + 9 * mid + mid * leaving // groups
