"""Channel shuffle of ShuffleNet (Zhang et al. 2018), `torch.nn.functional.channel_shuffle`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from fishcompile.ops.base import Op, ShapeError, require_map
from fishcompile.ops.keys import whole
from fishcompile.ops.node_kind import NodeKind
from fishcompile.ops.tensor import TensorType
from fishcompile.record import record

if TYPE_CHECKING:
    from fishcompile.ops.onnx_nodes import OnnxNodes


@record
class ChannelShuffle(Op):
    """x (c, h, w) to the same shape: the first channel of each group, then the second of each."""

    kind: ClassVar[str] = "channel_shuffle"
    calls = ("F.channel_shuffle",)
    gradient = "free"
    pixelwise = True
    saves = ()

    groups: int

    def infer(self, *inputs: TensorType) -> TensorType:
        """The input's type; checks that the groups divide its channels."""
        (x,) = inputs
        require_map(x, self.kind)
        if x.channels % self.groups:
            message = f"{int(self.groups)} groups do not divide {int(x.channels)} channels"
            raise ShapeError("FC302", message, "groups", divide=int(x.channels))
        return x

    def onnx(self, to: OnnxNodes, *inputs: str) -> str:
        """A list of where each channel was."""
        each = to.channels[0] // int(self.groups)
        order = (group * each + at for at in range(each) for group in range(int(self.groups)))
        return to.node("Gather", *inputs, to.whole(*order), axis=1)


KIND = NodeKind(
    ChannelShuffle,
    "The channels of several groups, interleaved.",
    {"groups": whole("How many groups; it must divide the channels.", 1, 4096, example=2)},
)
