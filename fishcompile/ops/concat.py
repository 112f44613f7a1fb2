"""Concatenation of feature maps along channels, `torch.cat`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from fishcompile.ops.base import Op, ShapeError, require_map
from fishcompile.ops.node_kind import NodeKind
from fishcompile.ops.tensor import TensorType, feature_map
from fishcompile.record import record


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
            if x.sides != inputs[0].sides:
                a, b = ("x".join(map(str, t.sides)) for t in (inputs[0], x))
                raise ShapeError("FC303", f"{a} and {b} do not concatenate", operand=position)
        return feature_map(sum(x.channels for x in inputs), inputs[0].sides)

    @classmethod
    def expression(cls, fields: Mapping[str, str], operands: int) -> str:  # noqa: ARG003
        """`torch.cat([...], dim=1)`."""
        names = ", ".join(f"{{{position}}}" for position in range(operands))
        return f"torch.cat([{names}], dim=1)"


KIND = NodeKind(Concat, "Feature maps one after the other along the channels.", inputs="several")
