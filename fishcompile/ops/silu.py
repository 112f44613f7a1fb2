"""Sigmoid-weighted linear unit (Elfwing et al. 2017), `torch.nn.functional.silu`."""

from __future__ import annotations

from typing import ClassVar

from fishcompile.ops.base import Op
from fishcompile.ops.node_kind import NodeKind
from fishcompile.record import record


@record
class Silu(Op):
    """Any shape to the same shape."""

    kind: ClassVar[str] = "silu"
    calls = ("F.silu",)
    gradient = "activation"
    pixelwise = True


KIND = NodeKind(Silu, "Sigmoid-weighted linear unit.")
