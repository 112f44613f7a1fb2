"""Batch normalisation over a feature map, `torch.nn.BatchNorm2d` (Ioffe and Szegedy, 2015)."""

from __future__ import annotations

from typing import ClassVar

from fishcompile.ops.base import Call, Extra, Op, State, require_channels, require_map
from fishcompile.ops.node_kind import NodeKind
from fishcompile.ops.tensor import TensorType
from fishcompile.record import record


@record
class BatchNorm(Op):
    """x (channels, h, w) to the same shape."""

    kind: ClassVar[str] = "batch_norm"
    gradient = "norm"
    pixelwise = True

    channels: int

    def infer(self, *inputs: TensorType) -> TensorType:
        """The input's type; checks channels."""
        (x,) = inputs
        require_map(x, self.kind)
        require_channels(x, self.channels, "channels")
        return x

    def of_channels(self, count: int) -> BatchNorm:
        """Of each channel it has a mean and a deviation."""
        return BatchNorm(count)

    def state(self) -> tuple[State, ...]:
        """Weight and bias, the running mean and variance, and the count of batches seen."""
        shape = (self.channels,)
        return (
            State("weight", shape),
            State("bias", shape),
            State("running_mean", shape, trained=False),
            State("running_var", shape, trained=False),
            State("num_batches_tracked", (), trained=False),
        )

    def extras(self, inputs: tuple[TensorType, ...], output: TensorType) -> tuple[Extra, ...]:  # noqa: ARG002
        """The mean and the inverse deviation of the batch, in training."""
        return (Extra(2 * self.channels, batched=False, training=True),)

    @classmethod
    def module(cls) -> Call:
        """`nn.BatchNorm2d(channels)`."""
        return Call("nn.BatchNorm2d", (("channels", None),))


KIND = NodeKind(lambda x: BatchNorm(x.channels), "Batch normalisation.")
