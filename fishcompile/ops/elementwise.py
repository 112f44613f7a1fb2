"""What `add` and `mul` share: the shape rule, and how much several operands take."""

from __future__ import annotations

from fishcompile.ops.base import ShapeError
from fishcompile.ops.tensor import TensorType


def broadcast(*operands: TensorType) -> TensorType:
    """The type of `a op b op ...`; operands may be single pixels. Raises ShapeError."""
    result = operands[0]
    for position, operand in enumerate(operands[1:], 1):
        result = _pair(result, operand, position)
    return result


def steps(*operands: TensorType) -> int:
    """The numbers that are written where operand after operand is joined to the first."""
    return sum(broadcast(*operands[:end]).elements for end in range(2, len(operands) + 1))


def _pair(a: TensorType, b: TensorType, position: int) -> TensorType:
    if a.channels != b.channels:
        message = f"{a.channels} and {b.channels} channels do not match element by element"
        raise ShapeError("FC301", message, operand=position)
    if len(a.shape) != len(b.shape):
        raise ShapeError("FC303", "a vector and a feature map do not match", operand=position)
    return a if _larger(a.sides, b.sides, position) == a.sides else b


def broadcast_sides(*operands: tuple[int, ...]) -> tuple[int, ...]:
    """The sides of `a op b op ...`; operands may be single pixels. Raises ShapeError."""
    result = operands[0]
    for position, operand in enumerate(operands[1:], 1):
        result = _larger(result, operand, position)
    return result


def _larger(a: tuple[int, ...], b: tuple[int, ...], position: int) -> tuple[int, ...]:
    for small, large in ((b, a), (a, b)):
        if small == large or set(small) == {1}:
            return large
    left, right = ("x".join(map(str, sides)) for sides in (a, b))
    raise ShapeError(
        "FC303", f"{left} and {right} do not match element by element", operand=position
    )
