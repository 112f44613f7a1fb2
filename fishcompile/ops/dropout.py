"""Dropout of single features, `torch.nn.functional.dropout` (Srivastava et al., 2014)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from fishcompile.ops.base import Extra, Op
from fishcompile.ops.keys import whole
from fishcompile.ops.node_kind import NodeKind
from fishcompile.ops.tensor import TensorType
from fishcompile.record import record

if TYPE_CHECKING:
    from fishcompile.ops.onnx_nodes import OnnxNodes


@record
class Dropout(Op):
    """Any shape to the same shape; in training, `percent` of the numbers are set to 0."""

    kind: ClassVar[str] = "dropout"
    calls = ("F.dropout",)
    gradient = "free"
    saves = ()
    views = "evaluation"

    percent: int = 50

    def extras(self, inputs: tuple[TensorType, ...], output: TensorType) -> tuple[Extra, ...]:  # noqa: ARG002
        """What each number is multiplied with, in training."""
        return (Extra(output.elements, training=True),)

    def onnx(self, to: OnnxNodes, *inputs: str) -> str:  # noqa: ARG002
        """Nothing: in inference every number stays."""
        return inputs[0]

    @classmethod
    def expression(cls, fields: Mapping[str, str], operands: int) -> str:  # noqa: ARG003
        """`F.dropout(x, p, self.training)`."""
        percent = fields["percent"]
        rate = str(int(percent) / 100) if percent.isdecimal() else f"{percent} / 100"
        return f"F.dropout({{0}}, {rate}, self.training)"


KIND = NodeKind(
    Dropout,
    "Dropout, in training alone.",
    {"percent": whole("How many of a hundred numbers are set to 0.", 0, 99, default=50)},
)
