"""Batch normalisation over a feature map, `torch.nn.BatchNorm2d` (Ioffe and Szegedy, 2015)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from fishcompile.ops.base import Call, Extra, First, Op, State, require_channels, require_map
from fishcompile.ops.node_kind import NodeKind
from fishcompile.ops.tensor import TensorType
from fishcompile.record import record

if TYPE_CHECKING:
    from fishcompile.ops.onnx_nodes import OnnxNodes


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
            State("weight", shape, first=First(1)),
            State("bias", shape, first=First(0)),
            State("running_mean", shape, trained=False, first=First(0)),
            State("running_var", shape, trained=False, first=First(1)),
            State("num_batches_tracked", (), trained=False, first=First(0)),
        )

    def extras(self, inputs: tuple[TensorType, ...], output: TensorType) -> tuple[Extra, ...]:  # noqa: ARG002
        """The mean and the inverse deviation of the batch, in training."""
        return (Extra(2 * self.channels, batched=False, training=True),)

    def onnx(self, to: OnnxNodes, *inputs: str) -> str:
        """By the running figures, with torch's own epsilon."""
        names = ("weight", "bias", "running_mean", "running_var")
        return to.node(
            "BatchNormalization", *inputs, *(to.weight(name) for name in names), epsilon=1e-5
        )

    @classmethod
    def module(cls) -> Call:
        """`nn.BatchNorm2d(channels)`."""
        return Call("nn.BatchNorm2d", (("channels", None),))


KIND = NodeKind(lambda x: BatchNorm(x.channels), "Batch normalisation.")
