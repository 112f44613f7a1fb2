"""Group normalisation over a feature map, `torch.nn.GroupNorm` (Wu and He, 2018)."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, ClassVar

from fishcompile.ops.base import (
    Call,
    Extra,
    First,
    Op,
    ShapeError,
    State,
    require_channels,
    require_map,
)
from fishcompile.ops.tensor import TensorType
from fishcompile.record import record

if TYPE_CHECKING:
    from fishcompile.ops.onnx_nodes import OnnxNodes


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
        shape = (self.channels,)
        return (State("weight", shape, first=First(1)), State("bias", shape, first=First(0)))

    def extras(self, inputs: tuple[TensorType, ...], output: TensorType) -> tuple[Extra, ...]:  # noqa: ARG002
        """The mean and the inverse deviation of each group of each image."""
        return (Extra(2 * self.groups),)

    def onnx(self, to: OnnxNodes, *inputs: str) -> str:
        """Each group as one channel of an instance norm; opset 18 has no other that is torch's."""
        (x,) = inputs
        groups = int(self.groups)
        rows = to.node("Reshape", x, to.whole(0, groups, -1))
        one, nothing = to.decimal(*[1.0] * groups), to.decimal(*[0.0] * groups)
        normed = to.node("InstanceNormalization", rows, one, nothing, epsilon=1e-5)
        mapped = to.node("Reshape", normed, to.node("Shape", x))
        along = to.whole(1, 2)
        weight, bias = (to.node("Unsqueeze", to.weight(n), along) for n in ("weight", "bias"))
        return to.node("Add", to.node("Mul", mapped, weight), bias)

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
