"""Global average pooling, `torch.nn.functional.adaptive_avg_pool2d` to one pixel."""

from __future__ import annotations

from typing import ClassVar

from fishcompile.ops.base import Op, require_map
from fishcompile.ops.node_kind import NodeKind
from fishcompile.ops.tensor import TensorType, feature_map
from fishcompile.record import record


@record
class GlobalAvgPool(Op):
    """x (c, h, w) to (c, 1, 1)."""

    kind: ClassVar[str] = "global_avg_pool"
    calls = ("F.adaptive_avg_pool2d",)
    onnx_type = "GlobalAveragePool"
    gradient = "free"
    saves = ()
    text = "F.adaptive_avg_pool2d({0}, 1)"

    def infer(self, *inputs: TensorType) -> TensorType:
        """One pixel of the same channels."""
        (x,) = inputs
        require_map(x, self.kind)
        return feature_map(x.channels, self.moved(x.sides))

    def moved(self, *sides: tuple[int, ...]) -> tuple[int, ...]:
        """One pixel."""
        return (1,) * len(sides[0])

    def span(self, at: int, growth: int) -> tuple[int, int] | None:  # noqa: ARG002
        """All pixels."""
        return None


KIND = NodeKind(
    GlobalAvgPool, "The average of each channel over the whole map: a map of one pixel."
)
