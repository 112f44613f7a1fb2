"""Avg pooling over square windows, `torch.nn.functional.avg_pool2d`."""

from __future__ import annotations

from typing import ClassVar

from fishcompile.ops.pooling import Pool


class AvgPool(Pool):
    """x (c, h, w) to (c, h', w'), h' = (h + 2p - k) // s + 1."""

    kind: ClassVar[str] = "avg_pool"
    calls = ("F.avg_pool2d",)
    gradient = "free"
