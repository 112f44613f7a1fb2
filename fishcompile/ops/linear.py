"""A fully connected layer, `torch.nn.Linear`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from fishcompile.ops.base import Call, First, Op, ShapeError, State
from fishcompile.ops.keys import flag, whole
from fishcompile.ops.node_kind import NodeKind
from fishcompile.ops.tensor import TensorType
from fishcompile.record import record

if TYPE_CHECKING:
    from fishcompile.ops.onnx_nodes import OnnxNodes


@record
class Linear(Op):
    """x (in_features,) to (out_features,)."""

    kind: ClassVar[str] = "linear"
    calls = ("nn.init.normal_",)
    gradient = "weighted"
    first_values = "nn.init.normal_({0}.weight, std=0.01)"

    in_features: int
    out_features: int
    bias: bool = True

    def infer(self, *inputs: TensorType) -> TensorType:
        """Takes vectors of in_features alone."""
        (x,) = inputs
        if len(x.shape) != 1:
            raise ShapeError("FC303", f"linear needs a vector, got a map of {x}")
        if x.channels != self.in_features:
            message = f"expects {int(self.in_features)} features, got {x.channels}"
            raise ShapeError("FC301", message, "in_features")
        if self.out_features < 1:
            raise ShapeError("FC302", "a layer with no output", "out_features")
        return TensorType((self.out_features,))

    def macs(self, inputs: tuple[TensorType, ...], output: TensorType) -> int:
        """One per weight; the bias is not counted."""
        return inputs[0].channels * output.channels

    def span(self, at: int, growth: int) -> tuple[int, int] | None:  # noqa: ARG002
        """All pixels."""
        return None

    def state(self) -> tuple[State, ...]:
        """`weight` (out, in), and `bias` where there is one."""
        first, spread = First(0.01, "normal"), First(int(self.in_features) ** -0.5, "uniform")
        weight = State("weight", (self.out_features, self.in_features), first=first)
        if not self.bias:
            return (weight,)
        return (weight, State("bias", (self.out_features,), first=spread))

    def onnx(self, to: OnnxNodes, *inputs: str) -> str:
        """`Gemm`, its weight transposed."""
        weights = (to.weight(entry.name) for entry in self.state())
        return to.node("Gemm", *inputs, *weights, transB=1)

    @classmethod
    def module(cls) -> Call:
        """`nn.Linear(in_features, out_features)`."""
        return Call(
            "nn.Linear", (("in_features", None), ("out_features", None)), (("bias", "True"),)
        )


KIND = NodeKind(
    lambda x, out, bias: Linear(x.channels, out, bias),
    "A fully connected layer over a vector.",
    {
        "out": whole("Features that leave.", 1, 1_000_000, example=1000),
        "bias": flag("Whether a bias is added.", default=True),
    },
)
