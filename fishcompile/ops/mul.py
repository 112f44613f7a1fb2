"""Product of tensors, element by element, one pixel broadcast over a map."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import TYPE_CHECKING, ClassVar

from fishcompile.ops.base import Extra, Op
from fishcompile.ops.elementwise import broadcast, broadcast_sides, steps
from fishcompile.ops.node_kind import NodeKind
from fishcompile.ops.tensor import TensorType
from fishcompile.record import record

if TYPE_CHECKING:
    from fishcompile.ops.onnx_nodes import OnnxNodes


@record
class Mul(Op):
    """(c, h, w), (c, h, w) or (c, 1, 1), ... to (c, h, w)."""

    kind: ClassVar[str] = "mul"
    saves = ("factors",)

    def infer(self, *inputs: TensorType) -> TensorType:
        """The largest operand's type; channels must be equal, sides equal or 1x1."""
        return broadcast(*inputs)

    def moved(self, *sides: tuple[int, ...]) -> tuple[int, ...]:
        """The largest operand's."""
        return broadcast_sides(*sides)

    def extras(self, inputs: tuple[TensorType, ...], output: TensorType) -> tuple[Extra, ...]:
        """The products of the first two, three and so on of several operands."""
        between = len(inputs) - 2
        return (Extra(between * output.elements),) if between > 0 else ()

    def written(self, inputs: tuple[TensorType, ...], output: TensorType) -> int:  # noqa: ARG002
        """One operand after the other."""
        return steps(*inputs)

    def onnx(self, to: OnnxNodes, *inputs: str) -> str:
        """One operand after the other."""
        return reduce(lambda a, b: to.node("Mul", a, b), inputs)

    @classmethod
    def expression(cls, fields: Mapping[str, str], operands: int) -> str:  # noqa: ARG003
        """`a * b`, and so on."""
        return " * ".join(f"{{{position}}}" for position in range(operands))


KIND = NodeKind(
    Mul,
    "The product, element by element; a map of one pixel counts for every pixel.",
    inputs="several",
)
