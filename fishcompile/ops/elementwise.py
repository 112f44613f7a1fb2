"""The shape rule that `add` and `mul` share."""

from __future__ import annotations

from fishcompile.ops.base import ShapeError
from fishcompile.tensor import TensorType


def broadcast(a: TensorType, b: TensorType) -> TensorType:
    """The type of `a op b`; one operand may be a single pixel. Raises ShapeError."""
    if a.channels != b.channels:
        message = f"{a.channels} and {b.channels} channels do not match element by element"
        raise ShapeError("FC301", message, operand=1)
    if len(a.shape) != len(b.shape):
        raise ShapeError("FC303", "a vector and a feature map do not match", operand=1)
    for small, large in ((b, a), (a, b)):
        if small.sides in (large.sides, (1, 1)):
            return large
    left, right = ("x".join(map(str, t.sides)) for t in (a, b))
    raise ShapeError("FC303", f"{left} and {right} do not match element by element", operand=1)
