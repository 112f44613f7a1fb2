"""Concatenation of feature maps along channels, `torch.cat`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from fishcompile.ops.base import Op, ShapeError, require_map
from fishcompile.ops.node_kind import NodeKind
from fishcompile.ops.tensor import TensorType, feature_map
from fishcompile.record import record

if TYPE_CHECKING:
    from fishcompile.ops.onnx_nodes import OnnxNodes
    from fishcompile.ops.runs import Runs


@record
class Concat(Op):
    """(c1, h, w), (c2, h, w), ... to (c1 + c2 + ..., h, w), in the order of the operands."""

    kind: ClassVar[str] = "concat"
    calls = ("torch.cat",)
    gradient = "free"
    saves = ()
    passes_gradient = True

    def infer(self, *inputs: TensorType) -> TensorType:
        """Channels add up; the sides must agree."""
        for position, x in enumerate(inputs):
            require_map(x, self.kind, position)
        sides = self.moved(*(x.sides for x in inputs))
        return feature_map(sum(x.channels for x in inputs), sides)

    def moved(self, *sides: tuple[int, ...]) -> tuple[int, ...]:
        """Those of all operands."""
        for position, each in enumerate(sides):
            if each != sides[0]:
                a, b = ("x".join(map(str, some)) for some in (sides[0], each))
                raise ShapeError("FC303", f"{a} and {b} do not concatenate", operand=position)
        return sides[0]

    def carried(self, *inputs: Runs) -> Runs:
        """One after the other."""
        from fishcompile.ops.runs import joined

        return joined(run for runs in inputs for run in runs)

    def onnx(self, to: OnnxNodes, *inputs: str) -> str:
        """Along the channels."""
        return to.node("Concat", *inputs, axis=1)

    @classmethod
    def expression(cls, fields: Mapping[str, str], operands: int) -> str:  # noqa: ARG003
        """`torch.cat([...], dim=1)`."""
        names = ", ".join(f"{{{position}}}" for position in range(operands))
        return f"torch.cat([{names}], dim=1)"


KIND = NodeKind(Concat, "Feature maps one after the other along the channels.", inputs="several")
