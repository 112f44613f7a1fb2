"""Rectified linear unit, `torch.nn.functional.relu`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fishcompile.ops.base import Op
from fishcompile.ops.node_kind import NodeKind
from fishcompile.ops.tensor import TensorType


@dataclass(frozen=True)
class Relu(Op):
    """Any shape to the same shape."""

    kind: ClassVar[str] = "relu"
    calls = ("F.relu",)
    gradient = "activation"

    def infer(self, *inputs: TensorType) -> TensorType:
        """The input's type."""
        return inputs[0]


KIND = NodeKind(Relu, "Rectified linear unit.")
