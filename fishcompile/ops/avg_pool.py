"""Avg pooling over square windows, `torch.nn.functional.avg_pool2d`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from fishcompile.ops.pooling import Pool

if TYPE_CHECKING:
    from fishcompile.ops.onnx_nodes import OnnxNodes


class AvgPool(Pool):
    """x (c, h, w) to (c, h', w'), h' = (h + 2p - k) // s + 1."""

    kind: ClassVar[str] = "avg_pool"
    calls = ("F.avg_pool2d",)
    gradient = "free"

    def onnx(self, to: OnnxNodes, *inputs: str) -> str:
        """`AveragePool`, whose border counts as zeros."""
        return to.node("AveragePool", *inputs, **self.onnx_window(), count_include_pad=1)
