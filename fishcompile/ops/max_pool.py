"""Max pooling over square windows, `torch.nn.functional.max_pool2d`."""

from __future__ import annotations

from typing import ClassVar

from fishcompile.ops.pooling import Pool


class MaxPool(Pool):
    """x (c, h, w) to (c, h', w'), h' = (h + 2p - k) // s + 1."""

    kind: ClassVar[str] = "max_pool"
    calls = ("F.max_pool2d",)
    gradient = "free"
