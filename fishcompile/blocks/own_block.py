"""The residual block whose M(x) is a block of the spec or of a plug-in, and its four shortcuts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fishcompile.blocks.residual_parts import (
    BlockWords,
    Changed,
    Kept,
    Residual,
    duplicated,
    pre_act,
    reduced,
)
from fishcompile.ir.builder import Builder
from fishcompile.ir.graph import Item, Scope, Value
from fishcompile.ops.add import Add
from fishcompile.ops.base import ShapeError
from fishcompile.tensor import TensorType


class _Own(Residual):
    @classmethod
    def about(cls, inside: Sequence[Item]) -> str:
        """The class's own line, with the name of the block that M is."""
        kinds = [item.kind for item in inside if isinstance(item, Scope) and item.local == "branch"]
        return super().about(inside).replace("M(x)", f"{kinds[0]}(x)" if kinds else "M(x)")


@dataclass(frozen=True)
class ResidualBlock(_Own, BlockWords, Kept):
    """x + M(x)."""

    def expand(self, b: Builder, x: Value) -> Value:
        """(channels, h, w) to the same shape."""
        return b.op("sum", Add(), x, _refine(b, x, self))


@dataclass(frozen=True)
class ProjectResidualBlock(_Own, BlockWords, Changed):
    """P(x) + M(x), where P is a 1x1 convolution to the new width: an I-conv."""

    def expand(self, b: Builder, x: Value) -> Value:
        """(in_channels, h, w) to (out_channels, h', w'), smaller by the stride."""
        widths = (self.in_channels, self.out_channels)
        shortcut = b.block("shortcut", pre_act(self, widths, stride=self.stride), x)
        return b.op("sum", Add(), shortcut, _refine(b, x, self))


@dataclass(frozen=True)
class ReduceResidualBlock(_Own, BlockWords, Changed):
    """r(x) + M(x), where r sums each k adjacent channels."""

    def expand(self, b: Builder, x: Value) -> Value:
        """(in_channels, h, w) to (out_channels, h, w)."""
        return b.op("sum", Add(), reduced(b, x, self.shape), _refine(b, x, self))


@dataclass(frozen=True)
class DuplicateResidualBlock(_Own, BlockWords, Changed):
    """d(x) + M(x), where d repeats each channel k times: the inverse of r."""

    def expand(self, b: Builder, x: Value) -> Value:
        """(in_channels, h, w) to (out_channels, h, w)."""
        return b.op("sum", Add(), duplicated(b, x, self.shape), _refine(b, x, self))


_Any = ResidualBlock | ProjectResidualBlock | ReduceResidualBlock | DuplicateResidualBlock


def _refine(b: Builder, x: Value, block: _Any) -> Value:
    assert block.branch is not None, "a block of this kind is made for its branch"
    entering, leaving, stride, dilation = block.shape
    given = {"out": leaving, "stride": stride, "dilation": dilation}
    type_ = TensorType((entering, *x.type.sides))
    try:
        part = block.branch.make(block.branch, type_, given)
    except ShapeError as error:
        raise b.fault("branch", error) from None
    y = b.add("branch", part, Value(x.name, type_))
    sides = tuple((side - 1) // stride + 1 for side in x.type.sides)
    if y.type != TensorType((leaving, *sides)):
        kind, want = block.branch.kind, TensorType((int(leaving), *sides))
        message = f"`{kind}` gives {y.type}, and what it is added to is {want}"
        raise b.fault("branch", ShapeError("FC301", message, "kind"))
    return y
