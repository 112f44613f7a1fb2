"""Max pooling over square windows, `torch.nn.functional.max_pool2d`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from fishcompile.ops.base import Op
from fishcompile.ops.pooling import pool_call, pooled
from fishcompile.ops.tensor import TensorType


@dataclass(frozen=True)
class MaxPool(Op):
    """x (c, h, w) to (c, h', w'), h' = (h + 2p - k) // s + 1."""

    kind: ClassVar[str] = "max_pool"
    calls = ("F.max_pool2d",)
    gradient = "free"

    kernel_size: int
    stride: int
    padding: int = 0

    def infer(self, *inputs: TensorType) -> TensorType:
        """The channels of the input, fewer pixels."""
        (x,) = inputs
        return pooled(x, self.kind, self.kernel_size, self.stride, self.padding)

    def output_stride(self, *strides: int) -> int:
        """Multiplied by the step of the window."""
        return strides[0] * self.stride

    @classmethod
    def expression(cls, fields: Mapping[str, str], operands: int) -> str:  # noqa: ARG003
        """`F.max_pool2d(x, kernel, ...)`."""
        return pool_call("F.max_pool2d", fields)
