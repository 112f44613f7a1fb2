"""Average pooling to a fixed size, `torch.nn.functional.adaptive_avg_pool2d`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from fishcompile.ops.base import Op, Saved, require_map
from fishcompile.ops.keys import whole
from fishcompile.ops.node_kind import NodeKind
from fishcompile.ops.tensor import TensorType, feature_map
from fishcompile.record import record

if TYPE_CHECKING:
    from fishcompile.ops.onnx_nodes import OnnxNodes


_FLOAT = 1  # ONNX's number for float32


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

    def onnx(self, to: OnnxNodes, *inputs: str) -> str:
        """Of one pixel the global average; else two matrices that average rows and columns."""
        (x,) = inputs
        if self.size == 1:
            return to.node("GlobalAveragePool", x)
        height = self._windows(to, to.node("Shape", x, start=2, end=3))
        width = self._windows(to, to.node("Shape", x, start=3, end=4))
        columns = to.node("MatMul", x, to.node("Transpose", width, perm=(1, 0)))
        return to.node("MatMul", height, columns)

    def _windows(self, to: OnnxNodes, side: str) -> str:
        """(size, side): in row i the inverse of their count at the pixels that i averages.

        They go from floor(i * side / size) to ceil((i + 1) * side / size).
        """
        size = int(self.size)
        counts, every = to.whole(*range(size + 1)), to.whole(size)
        borders = to.node("Mul", counts, side)
        zero, last = to.whole(0), to.whole(size)
        start = to.node("Slice", to.node("Div", borders, every), zero, last)
        above = to.node("Div", to.node("Add", borders, to.whole(size - 1)), every)
        end = to.node("Slice", above, to.whole(1), to.whole(size + 1))
        first, after = (to.node("Unsqueeze", each, to.whole(1)) for each in (start, end))
        none, one = (to.node("Squeeze", to.whole(number)) for number in (0, 1))
        pixels = to.node("Range", none, to.node("Squeeze", side), one)
        inside = to.node(
            "And", to.node("GreaterOrEqual", pixels, first), to.node("Less", pixels, after)
        )
        many = to.node("Cast", to.node("Sub", after, first), to=_FLOAT)
        return to.node("Div", to.node("Cast", inside, to=_FLOAT), many)


KIND = NodeKind(
    AdaptiveAvgPool,
    "Average pooling to a fixed size.",
    {"size": whole("Sides of the result in pixels.", 1, 1024, example=7)},
)
