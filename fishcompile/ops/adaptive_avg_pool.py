"""Average pooling to a fixed size, `torch.nn.functional.adaptive_avg_pool2d`."""

from __future__ import annotations

from typing import ClassVar

from fishcompile.ops.base import Op, Saved, require_map
from fishcompile.ops.keys import whole
from fishcompile.ops.node_kind import NodeKind
from fishcompile.ops.tensor import TensorType, feature_map
from fishcompile.record import record


@record
class AdaptiveAvgPool(Op):
    """x (c, h, w) to (c, size, size), whatever h and w are."""

    kind: ClassVar[str] = "adaptive_avg_pool"
    calls = ("F.adaptive_avg_pool2d",)
    gradient = "free"

    size: int

    def infer(self, *inputs: TensorType) -> TensorType:
        """The channels of the input, size x size pixels."""
        (x,) = inputs
        require_map(x, self.kind)
        return feature_map(x.channels, self.moved(x.sides))

    def moved(self, *sides: tuple[int, ...]) -> tuple[int, ...]:
        """`size`, whatever the sides were."""
        return (self.size,) * len(sides[0])

    def saved(self) -> tuple[Saved, ...]:
        """Nothing of an average over the whole map, which torch takes as a mean."""
        return () if self.size == 1 else self.saves

    def span(self, at: int, growth: int) -> tuple[int, int] | None:  # noqa: ARG002
        """All pixels."""
        return None


KIND = NodeKind(
    AdaptiveAvgPool,
    "Average pooling to a fixed size.",
    {"size": whole("Sides of the result in pixels.", 1, 1024, example=7)},
)
