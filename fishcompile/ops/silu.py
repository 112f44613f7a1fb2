"""Sigmoid-weighted linear unit (Elfwing et al. 2017), `torch.nn.functional.silu`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from fishcompile.ops.base import Op
from fishcompile.ops.node_kind import NodeKind
from fishcompile.record import record

if TYPE_CHECKING:
    from fishcompile.ops.onnx_nodes import OnnxNodes


@record
class Silu(Op):
    """Any shape to the same shape."""

    kind: ClassVar[str] = "silu"
    calls = ("F.silu",)
    gradient = "activation"
    pixelwise = True

    def onnx(self, to: OnnxNodes, *inputs: str) -> str:
        """X * sigmoid(x)."""
        return to.node("Mul", *inputs, to.node("Sigmoid", *inputs))


KIND = NodeKind(Silu, "Sigmoid-weighted linear unit.")
