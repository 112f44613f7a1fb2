"""First values: a state dict as a new module has it, drawn by numpy where torch is not asked.

They have the distributions of the emitted module's, and are other numbers. Each entry is drawn by
itself from its key alone, so they are the same on every run, and a pass that takes a node away
changes no other.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fishcompile.diagnostics.errors import UsageError
from fishcompile.ir.graph import Node
from fishcompile.ops.base import State

Array = NDArray[Any]


def first_value(node: Node, entry: State) -> Array:
    """The first value of an entry of a node's state, in float32. Raises UsageError if unsaid."""
    first, shape = entry.first, tuple(map(int, entry.shape))
    if first is None:
        message = f"the op {node.op.kind} at {node.name} says not how its {entry.name} starts"
        raise UsageError(message, "give a checkpoint with --weights, or say it in the op's `state`")
    if not first.drawn:
        return np.full(shape, first.of, np.float32)
    digest = sha256(f"{node.name}.{entry.name}".encode()).digest()
    drawn = np.random.Generator(np.random.SFC64(int.from_bytes(digest[:16], "big")))
    scale = np.float32(first.of)
    if first.drawn == "normal":
        return drawn.standard_normal(shape, np.float32) * scale
    return (drawn.random(shape, np.float32) * 2 - 1) * scale
