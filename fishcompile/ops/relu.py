"""Rectified linear unit, `torch.nn.functional.relu`."""

from __future__ import annotations

from typing import ClassVar

from fishcompile.ops.base import Op
from fishcompile.ops.node_kind import NodeKind
from fishcompile.record import record


@record
class Relu(Op):
    """Any shape to the same shape."""

    kind: ClassVar[str] = "relu"
    calls = ("F.relu",)
    onnx_type = "Relu"
    gradient = "activation"
    pixelwise = True
    saves = ("output",)


KIND = NodeKind(Relu, "Rectified linear unit.")
