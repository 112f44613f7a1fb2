"""Channel duplication, the inverse of r(x): each channel k times, adjacent.

Proposed in the article 'Understanding FishNet' (section 2.2.1), to widen without an I-conv.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from fishcompile.ops.base import Op, require_map
from fishcompile.ops.keys import whole
from fishcompile.ops.node_kind import NodeKind
from fishcompile.ops.tensor import TensorType, feature_map
from fishcompile.record import record

if TYPE_CHECKING:
    from fishcompile.ops.onnx_nodes import OnnxNodes
    from fishcompile.ops.runs import Runs


@record
class ChannelRepeat(Op):
    """x (c, h, w) to (c * k, h, w)."""

    kind: ClassVar[str] = "channel_repeat"
    calls = ("torch.repeat_interleave",)
    gradient = "free"
    pixelwise = True
    saves = ()
    text = "torch.repeat_interleave({0}, {k}, dim=1)"

    k: int

    def infer(self, *inputs: TensorType) -> TensorType:
        """K times the channels."""
        (x,) = inputs
        require_map(x, self.kind)
        return feature_map(x.channels * self.k, x.sides)

    def carried(self, *inputs: Runs) -> Runs:
        """More of each."""
        return tuple((makers, channels * self.k) for makers, channels in inputs[0])

    def onnx(self, to: OnnxNodes, *inputs: str) -> str:
        """A list of where each channel was."""
        k = int(self.k)
        order = (at // k for at in range(to.channels[0] * k))
        return to.node("Gather", *inputs, to.whole(*order), axis=1)


KIND = NodeKind(
    ChannelRepeat,
    "Each channel k times, the inverse of r(x).",
    {"k": whole("How often each channel is repeated.", 1, 64, example=2)},
)
