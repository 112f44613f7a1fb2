"""Logistic sigmoid, `torch.sigmoid`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fishcompile.ops.base import Op
from fishcompile.ops.node_kind import NodeKind
from fishcompile.ops.tensor import TensorType


@dataclass(frozen=True)
class Sigmoid(Op):
    """Any shape to the same shape."""

    kind: ClassVar[str] = "sigmoid"
    calls = ("torch.sigmoid",)

    def infer(self, *inputs: TensorType) -> TensorType:
        """The input's type."""
        return inputs[0]


KIND = NodeKind(Sigmoid, "Logistic function.")
