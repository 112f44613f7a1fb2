"""Max pooling over square windows, `torch.nn.functional.max_pool2d`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from fishcompile.ops.base import Extra
from fishcompile.ops.pooling import Pool
from fishcompile.ops.tensor import TensorType

if TYPE_CHECKING:
    from fishcompile.ops.onnx_nodes import OnnxNodes


class MaxPool(Pool):
    """x (c, h, w) to (c, h', w'), h' = (h + 2p - k) // s + 1."""

    kind: ClassVar[str] = "max_pool"
    calls = ("F.max_pool2d",)
    gradient = "free"

    def onnx(self, to: OnnxNodes, *inputs: str) -> str:
        """`MaxPool`."""
        return to.node("MaxPool", *inputs, **self.onnx_window())

    def extras(self, inputs: tuple[TensorType, ...], output: TensorType) -> tuple[Extra, ...]:  # noqa: ARG002
        """Where each maximum stood, as int64; torch finds them in evaluation too."""
        return (Extra(output.elements, width=8),)
