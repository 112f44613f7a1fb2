"""Logistic sigmoid, `torch.sigmoid`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fishcompile.ops.base import Op
from fishcompile.ops.node_kind import NodeKind


@dataclass(frozen=True)
class Sigmoid(Op):
    """Any shape to the same shape."""

    kind: ClassVar[str] = "sigmoid"
    calls = ("torch.sigmoid",)


KIND = NodeKind(Sigmoid, "Logistic function.")
