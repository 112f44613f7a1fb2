"""Group normalisation over a feature map, `torch.nn.GroupNorm` (Wu and He, 2018)."""

from __future__ import annotations

from math import prod
from typing import ClassVar

from fishcompile.ops.base import (
    Call,
    Extra,
    Op,
    ShapeError,
    State,
    require_channels,
    require_map,
)
from fishcompile.ops.tensor import TensorType
from fishcompile.record import record


@record
class GroupNorm(Op):
    """x (channels, h, w) to the same shape; each of `groups` is normalised by itself."""

    kind: ClassVar[str] = "group_norm"
    gradient = "norm"

    groups: int
    channels: int

    def infer(self, *inputs: TensorType) -> TensorType:
        """The input's type; checks channels, and that the groups divide them."""
        (x,) = inputs
        require_map(x, self.kind)
        require_channels(x, self.channels, "channels")
        if self.groups < 1 or self.channels % self.groups:
            message = f"{int(self.groups)} groups do not divide {int(self.channels)} channels"
            raise ShapeError("FC302", message, "groups", divide=int(self.channels))
        fault = one_number(int(self.channels // self.groups), x, "groups")
        if fault:
            raise fault
        return x

    def state(self) -> tuple[State, ...]:
        """Weight and bias; there are no running figures."""
        return (State("weight", (self.channels,)), State("bias", (self.channels,)))

    def extras(self, inputs: tuple[TensorType, ...], output: TensorType) -> tuple[Extra, ...]:  # noqa: ARG002
        """The mean and the inverse deviation of each group of each image."""
        return (Extra(2 * self.groups),)

    @classmethod
    def module(cls) -> Call:
        """`nn.GroupNorm(groups, channels)`."""
        return Call("nn.GroupNorm", (("groups", None), ("channels", None)))


def one_number(channels: int, x: TensorType, field: str) -> ShapeError | None:
    """What is wrong with groups of so many channels of a map, if each is a single number.

    Its variance is zero, and torch refuses a batch of one image.
    """
    if channels * prod(map(int, x.sides)) > 1:
        return None
    message = "a group of one channel on a map of one pixel is one number, which norms to 0"
    return ShapeError("FC304", message, field)
