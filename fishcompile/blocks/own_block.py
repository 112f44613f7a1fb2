"""The residual block whose M(x) is a block of the spec or of a plug-in, and its four shortcuts."""

from __future__ import annotations

from fishcompile.blocks.shortcuts import (
    AnyResidual,
    Duplicated,
    Identity,
    Projected,
    Reduced,
    ResidualKind,
)
from fishcompile.ir.builder import Builder
from fishcompile.ir.graph import Value
from fishcompile.ops.base import ShapeError
from fishcompile.ops.tensor import TensorType


def _refine(block: AnyResidual, b: Builder, x: Value) -> Value:
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


class ResidualBlock(Identity):
    """x + M(x)."""

    refine = _refine


class ProjectResidualBlock(Projected):
    """P(x) + M(x), where P is a 1x1 convolution to the new width: an I-conv."""

    refine = _refine


class ReduceResidualBlock(Reduced):
    """r(x) + M(x), where r sums each k adjacent channels."""

    refine = _refine


class DuplicateResidualBlock(Duplicated):
    """d(x) + M(x), where d repeats each channel k times: the inverse of r."""

    refine = _refine


KIND = ResidualKind(
    ResidualBlock, ProjectResidualBlock, ReduceResidualBlock, DuplicateResidualBlock
)
