"""NormAct: how a block normalises and activates, as words; and the ops that the words mean."""

from __future__ import annotations

from collections.abc import Sequence

from fishcompile.ir.builder import Builder
from fishcompile.ir.graph import Node, Value
from fishcompile.ops.base import Op, ShapeError
from fishcompile.ops.batch_norm import BatchNorm
from fishcompile.ops.gelu import Gelu
from fishcompile.ops.group_norm import GroupNorm, one_number
from fishcompile.ops.relu import Relu
from fishcompile.ops.silu import Silu
from fishcompile.record import record

_ACTIVATIONS: dict[str, type[Op]] = {"relu": Relu, "silu": Silu, "gelu": Gelu}


@record
class NormAct:
    """The words: `norm` batch, group or none; `act` relu, silu, gelu or none; and their order.

    `channels` are those of a group of `norm: group`.
    """

    norm: str = "batch"
    channels: int = 16
    act: str = "relu"
    order: str = "norm_first"

    @property
    def bias(self) -> bool:
        """Whether convolutions have a bias: where there is no norm, which would have one."""
        return self.norm == "none"

    def normalised(self, b: Builder, x: Value, channels: int) -> Value:
        """`x` after the norm. Raises ExpansionError where groups do not divide the channels."""
        match self.norm:
            case "batch":
                return b.op("bn", BatchNorm(channels), x)
            case "group":
                if channels % self.channels:
                    message = f"groups of {self.channels} do not divide {int(channels)} channels"
                    cause = ShapeError("FC302", message, "norm", divide=int(channels))
                    raise b.fault("gn", cause)
                fault = one_number(int(self.channels), x.type, "norm")
                if fault:
                    raise b.fault("gn", fault)
                return b.op("gn", GroupNorm(channels // self.channels, channels), x)
            case _:
                return x

    def __call__(self, b: Builder, x: Value, channels: int) -> Value:
        """`x` after norm and activation, in the order of the words."""
        if self.order == "act_first":
            return self.normalised(b, activated(b, x, self.act), channels)
        return activated(b, self.normalised(b, x, channels), self.act)


def activated(b: Builder, x: Value, act: str, suffix: str = "") -> Value:
    """`x` after the activation, a node named after it."""
    return x if act == "none" else b.op(f"{act}{suffix}", _ACTIVATIONS[act](), x)


NORM_ACT = NormAct()
"""Batch norm, then ReLU: what is meant where nothing is said."""

SHORT = {
    "batch_norm": "BN",
    "group_norm": "GN",
    "relu": "ReLU",
    "silu": "SiLU",
    "gelu": "GELU",
    "conv": "convolution",
}
"""How a docstring calls an op, by kind."""


def held(nodes: Sequence[Node]) -> str:
    """What of norm and activation there is, in their order, as part of a class's name."""
    parts = ("Norm" if node.op.kind.endswith("_norm") else "Act" for node in nodes)
    return "".join(parts)
