"""Gaussian error linear unit (Hendrycks and Gimpel 2016), `torch.nn.functional.gelu`."""

from __future__ import annotations

from typing import ClassVar

from fishcompile.ops.base import Op
from fishcompile.ops.node_kind import NodeKind
from fishcompile.record import record


@record
class Gelu(Op):
    """Any shape to the same shape."""

    kind: ClassVar[str] = "gelu"
    calls = ("F.gelu",)
    gradient = "activation"
    pixelwise = True


KIND = NodeKind(Gelu, "Gaussian error linear unit.")
