"""Gaussian error linear unit (Hendrycks and Gimpel 2016), `torch.nn.functional.gelu`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from fishcompile.ops.base import Op
from fishcompile.ops.node_kind import NodeKind
from fishcompile.record import record

if TYPE_CHECKING:
    from fishcompile.ops.onnx_nodes import OnnxNodes


@record
class Gelu(Op):
    """Any shape to the same shape."""

    kind: ClassVar[str] = "gelu"
    calls = ("F.gelu",)
    gradient = "activation"
    pixelwise = True

    def onnx(self, to: OnnxNodes, *inputs: str) -> str:
        """By the error function: `Gelu` is not in opset 18. x / 2 * (1 + erf(x / sqrt(2)))."""
        (x,) = inputs
        erf = to.node("Erf", to.node("Div", x, to.decimal(2**0.5)))
        twice = to.node("Mul", x, to.node("Add", erf, to.decimal(1.0)))
        return to.node("Mul", twice, to.decimal(0.5))


KIND = NodeKind(Gelu, "Gaussian error linear unit.")
