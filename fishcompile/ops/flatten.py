"""A feature map as a vector, `torch.flatten`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from fishcompile.ops.base import Op
from fishcompile.ops.node_kind import NodeKind
from fishcompile.ops.tensor import TensorType
from fishcompile.record import record

if TYPE_CHECKING:
    from fishcompile.ops.onnx_nodes import OnnxNodes


@record
class Flatten(Op):
    """x (c, h, w) to (c * h * w,)."""

    kind: ClassVar[str] = "flatten"
    calls = ("torch.flatten",)
    gradient = "free"
    saves = ()
    views = "always"
    passes_gradient = True
    text = "torch.flatten({0}, 1)"

    def infer(self, *inputs: TensorType) -> TensorType:
        """All elements in one dimension."""
        return TensorType((inputs[0].elements,))

    def span(self, at: int, growth: int) -> tuple[int, int] | None:  # noqa: ARG002
        """All pixels."""
        return None

    def onnx(self, to: OnnxNodes, *inputs: str) -> str:
        """`Flatten`."""
        return to.node("Flatten", *inputs, axis=1)


KIND = NodeKind(Flatten, "A map as a vector.")
