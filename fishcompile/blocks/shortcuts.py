"""The shortcuts of residual blocks, S(x) + M(x): identity or projection, r(x) and its inverse.

What refines, M(x), is a kind's own: its file has a function that adds it, and of that a class for
each shortcut is made here. One that activates after the sum has a projection and a sum of its own.
"""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from fishcompile.blocks.norm_act import activated
from fishcompile.blocks.residual_parts import BlockWords, Shape, post_act, pre_act
from fishcompile.ir.builder import Block, Builder
from fishcompile.ir.graph import Item, Scope, Value
from fishcompile.ir.symbols import widened
from fishcompile.ops.add import Add
from fishcompile.ops.channel_repeat import ChannelRepeat
from fishcompile.ops.channel_sum import ChannelSum
from fishcompile.ops.formula import unlike
from fishcompile.record import record

_WHERE = ", where "
_PROJECTION = "P is x or an I-conv"


@record
class _Widths(Block):
    in_channels: int
    out_channels: int
    stride: int = 1
    dilation: int = 1
    projects: bool = True


@record
class Residual(BlockWords, _Widths):
    """A residual block; one whose shortcut `projects` keeps the input where nothing changes."""

    derived = MappingProxyType({"out_channels": "in_channels"})

    @property
    def shape(self) -> Shape:
        """What M(x) is made for."""
        return Shape(self.in_channels, self.out_channels, self.stride, self.dilation)

    @abstractmethod
    def refine(self, b: Builder, x: Value) -> Value:
        """M(x)."""

    @abstractmethod
    def shortcut(self, b: Builder, x: Value) -> Value:
        """S(x), of the width that leaves."""

    def join(self, b: Builder, shortcut: Value, y: Value) -> Value:
        """What the block gives, of both its ways."""
        return b.op("sum", Add(), shortcut, y)

    def expand(self, b: Builder, x: Value) -> Value:
        """(in_channels, h, w) to (out_channels, h', w'), smaller by the stride."""
        return self.join(b, self.shortcut(b, x), self.refine(b, x))

    @classmethod
    def about(cls, inside: Sequence[Item]) -> str:
        """The class's own line, with the block that M is if it has a name, and a gate behind it."""
        line = super().about(inside)
        for item in inside:
            if isinstance(item, Scope) and item.local == "branch":
                line = line.replace("M(x)", f"{item.kind}(x)")
        if any(item.local == "shortcut" and isinstance(item, Scope) for item in inside):
            total, _, where = line.removesuffix(".").replace("x + ", "P(x) + ", 1).partition(_WHERE)
            line = f"{total}: {where}; {_PROJECTION}." if where else f"{total}: {_PROJECTION}."
        gated = any(item.local == "se" for item in inside)
        return line.replace("M(x)", "SE(M(x))") if gated else line


class Projected(Residual):
    """By a 1x1 convolution, behind norm and activation, where width or sides change: an I-conv."""

    def shortcut(self, b: Builder, x: Value) -> Value:
        """P(x), or x."""
        if self.in_channels != self.out_channels or self.stride > 1:
            return self.projection(b, x) if self.projects else x
        x = Value(x.name, widened(x.type, self.out_channels))  # what follows is of the same width
        changes = unlike(self.in_channels, self.out_channels) + (self.stride - 1)
        return b.skip("shortcut", changes, x)

    def projection(self, b: Builder, x: Value) -> Value:
        """P(x)."""
        widths = (self.in_channels, self.out_channels)
        return b.block("shortcut", pre_act(self, widths, stride=self.stride), x)


class Reduced(Residual):
    """By r(x), the sum of each k adjacent channels; k is the quotient of the widths."""

    def shortcut(self, b: Builder, x: Value) -> Value:
        """r(x)."""
        return b.op("shortcut", ChannelSum(self.in_channels // self.out_channels), x)


class Duplicated(Residual):
    """By d(x), each channel k times; k is the quotient of the widths."""

    def shortcut(self, b: Builder, x: Value) -> Value:
        """d(x)."""
        return b.op("shortcut", ChannelRepeat(self.out_channels // self.in_channels), x)


def norm_projection(block: Residual, b: Builder, x: Value) -> Value:
    """P(x) as a 1x1 convolution and its norm."""
    widths = (block.in_channels, block.out_channels)
    return b.block("shortcut", post_act(block, widths, stride=block.stride, acts=False), x)


def activated_sum(block: Residual, b: Builder, shortcut: Value, y: Value) -> Value:
    """The sum of both ways, activated."""
    return activated(b, b.op("sum", Add(), shortcut, y), block.norm_act.act)


@record
class ResidualKind:
    """A kind of residual block, which its file is called after: a class for each shortcut.

    `description` is for authors, and empty where no word of a spec means the kind. `unread` are the
    words of `block` that mean nothing for it.
    """

    blocks: Mapping[str, type[Any]]
    description: str
    unread: tuple[str, ...]


_REPEAT = "d repeats each channel k times: the inverse of r"
# The class that has a shortcut, the word before a kind's name, and what its docstring says.
_SHORTCUTS: dict[str, tuple[type[Residual], str, str, str]] = {
    "project": (Projected, "", "x", "M is {}"),
    "reduce": (Reduced, "Sum", "r(x)", "r sums each k adjacent channels"),
    "duplicate": (Duplicated, "Duplicate", "d(x)", _REPEAT),
}


def residual_kind(
    name: str,
    refine: Callable[[Any, Builder, Value], Value],
    inside: str = "",
    *,
    activates: bool = False,
    description: str = "",
    unread: tuple[str, ...] = (),
) -> ResidualKind:
    """The kind whose M(x) `refine` adds, which its docstring calls `inside`.

    One that `activates` does so after the sum, and has a norm behind its projection.
    """
    blocks: dict[str, type[Any]] = {}
    for shortcut, (base, word, way, where) in _SHORTCUTS.items():
        total = f"act({way} + M(x))" if activates else f"{way} + M(x)"
        said = f"{total}{_WHERE}{where.format(inside)}." if inside or word else f"{total}."
        members = {"refine": refine, "__doc__": said, "__module__": refine.__module__}
        if activates:
            members["join"] = activated_sum
        if activates and shortcut == "project":
            members["projection"] = norm_projection
        blocks[shortcut] = ABCMeta(word + name, (base,), members)
    return ResidualKind(blocks, description, unread)
