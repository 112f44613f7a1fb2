"""Channel reduction r(x): the sum of each k adjacent channels (Sun et al. 2018)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from fishcompile.ops.base import Op, ShapeError, require_map
from fishcompile.ops.keys import whole
from fishcompile.ops.node_kind import NodeKind
from fishcompile.ops.tensor import TensorType, feature_map
from fishcompile.record import record

if TYPE_CHECKING:
    from fishcompile.ops.onnx_nodes import OnnxNodes
    from fishcompile.ops.runs import Runs


@record
class ChannelSum(Op):
    """x (c, h, w) to (c // k, h, w); k divides c. With k = 1 it is the identity."""

    kind: ClassVar[str] = "channel_sum"
    calls = ("torch.unflatten",)
    gradient = "free"
    pixelwise = True
    saves = ()
    text = "torch.unflatten({0}, 1, (-1, {k})).sum(dim=2)"

    k: int

    def infer(self, *inputs: TensorType) -> TensorType:
        """Checks that k divides the channels."""
        (x,) = inputs
        require_map(x, self.kind)
        if x.channels % self.k:
            message = f"r(x) cannot sum {x.channels} channels in groups of {int(self.k)}"
            raise ShapeError("FC302", message, "k", divide=x.channels)
        return feature_map(x.channels // self.k, x.sides)

    def carried(self, *inputs: Runs) -> Runs:
        """Fewer of each."""
        from fishcompile.ops.runs import thinned

        return thinned(inputs[0], self.k)

    def onnx(self, to: OnnxNodes, *inputs: str) -> str:
        """The k channels as a dimension that is summed; of one nothing."""
        (x,) = inputs
        if self.k == 1:
            return x
        channels, k = to.channels[0] // int(self.k), int(self.k)
        rows = to.node("Reshape", x, to.whole(0, channels, k, -1))
        summed = to.node("ReduceSum", rows, to.whole(2), keepdims=0)
        shape = to.node("Concat", to.whole(0, channels), to.sides(x), axis=0)
        return to.node("Reshape", summed, shape)


KIND = NodeKind(
    ChannelSum,
    "r(x): the sum of each k adjacent channels.",
    {"k": whole("How many adjacent channels are summed into one.", 1, 64, example=2)},
)
