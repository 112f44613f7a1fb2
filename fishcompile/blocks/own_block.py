"""The residual block whose M(x) is a block of the spec or of a plug-in."""

from __future__ import annotations

from fishcompile.blocks.shortcuts import Residual, residual_kind
from fishcompile.ir.builder import Builder
from fishcompile.ir.graph import Value
from fishcompile.ops.base import ShapeError
from fishcompile.ops.tensor import TensorType


def _refine(block: Residual, b: Builder, x: Value) -> Value:
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


KIND = residual_kind("ResidualBlock", _refine)
