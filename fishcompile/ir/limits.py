"""Limits on what is built: blocks inside blocks multiply, and so do sides and channels.

A few lines may ask for more than there is memory, or for numbers that no machine counts with.
"""

from __future__ import annotations

from math import prod

from fishcompile.ops.base import ShapeError
from fishcompile.ops.tensor import TensorType

MAX_ELEMENTS = 10**15  # of one tensor, of one image
MAX_NODES = 400_000
MAX_SCOPES = 100_000


def flood(nodes: int, scopes: int) -> ShapeError | None:
    """What is wrong with a graph of so many nodes and scopes."""
    if nodes > MAX_NODES:
        return ShapeError("FC305", f"the network has more than {MAX_NODES:,} operations")
    if scopes > MAX_SCOPES:
        message = f"the network has more than {MAX_SCOPES:,} blocks, all levels counted"
        return ShapeError("FC305", message)
    return None


def giant(type_: TensorType) -> ShapeError | None:
    """What is wrong with a tensor of that type."""
    if prod(map(int, type_.shape)) <= MAX_ELEMENTS:
        return None
    return ShapeError("FC305", f"{type_} is more than {MAX_ELEMENTS:,} numbers")
