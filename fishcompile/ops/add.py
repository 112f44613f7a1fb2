"""Sum of tensors, element by element, one pixel broadcast over a map."""

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
    from fishcompile.ops.runs import Runs


@record
class Add(Op):
    """(c, h, w), (c, h, w) or (c, 1, 1), ... to (c, h, w)."""

    kind: ClassVar[str] = "add"
    gradient = "free"
    saves = ()
    passes_gradient = True

    def infer(self, *inputs: TensorType) -> TensorType:
        """The largest operand's type; channels must be equal, sides equal or 1x1."""
        return broadcast(*inputs)

    def moved(self, *sides: tuple[int, ...]) -> tuple[int, ...]:
        """The largest operand's."""
        return broadcast_sides(*sides)

    def carried(self, *inputs: Runs) -> Runs:
        """All of them, at each channel."""
        from fishcompile.ops.runs import summed

        return summed(*inputs)

    def extras(self, inputs: tuple[TensorType, ...], output: TensorType) -> tuple[Extra, ...]:
        """The sum of all but the last of several operands."""
        return (Extra(output.elements, saved=False),) if len(inputs) > 2 else ()

    def written(self, inputs: tuple[TensorType, ...], output: TensorType) -> int:  # noqa: ARG002
        """One operand after the other."""
        return steps(*inputs)

    def onnx(self, to: OnnxNodes, *inputs: str) -> str:
        """One operand after the other."""
        return reduce(lambda a, b: to.node("Add", a, b), inputs)

    @classmethod
    def expression(cls, fields: Mapping[str, str], operands: int) -> str:  # noqa: ARG003
        """`a + b`, and so on."""
        return " + ".join(f"{{{position}}}" for position in range(operands))


KIND = NodeKind(Add, "The sum, element by element.", inputs="several")
