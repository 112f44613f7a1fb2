"""Logistic sigmoid, `torch.sigmoid`."""

from __future__ import annotations

from typing import ClassVar

from fishcompile.ops.base import Op
from fishcompile.ops.node_kind import NodeKind
from fishcompile.record import record


@record
class Sigmoid(Op):
    """Any shape to the same shape."""

    kind: ClassVar[str] = "sigmoid"
    calls = ("torch.sigmoid",)
    pixelwise = True
    onnx_type = "Sigmoid"
    saves = ("output",)


KIND = NodeKind(Sigmoid, "Logistic function.")
