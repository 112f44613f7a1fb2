"""Upsampling without weights, `torch.nn.functional.interpolate`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from fishcompile.ops.base import Op, ShapeError, require_map
from fishcompile.ops.keys import whole, word
from fishcompile.ops.node_kind import NodeKind
from fishcompile.ops.tensor import TensorType, feature_map
from fishcompile.record import record

if TYPE_CHECKING:
    from fishcompile.ops.onnx_nodes import OnnxNodes


@record
class Upsample(Op):
    """x (c, h, w), like (c', h', w') to (c, h', w'): to the second map's own size.

    A fixed factor would only fit inputs whose every halving is exact; the second map's size fits
    all of them and gives the same pixels where the factor does. Without a second map the factor
    is all there is: (c, h * factor, w * factor).
    """

    kind: ClassVar[str] = "upsample"
    calls = ("F.interpolate",)
    gradient = "free"
    saves = ()
    reads: ClassVar[int | None] = 1

    mode: str = "nearest"
    factor: int = 2

    def infer(self, *inputs: TensorType) -> TensorType:
        """Refuses to make a map smaller."""
        x = inputs[0]
        require_map(x, self.kind)
        for like in inputs[1:]:
            require_map(like, self.kind, operand=1)
        return feature_map(x.channels, self.moved(*(each.sides for each in inputs)))

    def moved(self, *sides: tuple[int, ...]) -> tuple[int, ...]:
        """Times the factor, or the second map's where those are no smaller."""
        if len(sides) == 1:
            return tuple(side * self.factor for side in sides[0])
        if any(to < side for side, to in zip(*sides, strict=True)):
            a, b = ("x".join(map(str, each)) for each in sides)
            raise ShapeError("FC303", f"upsampling cannot bring a {a} map to {b}", operand=1)
        return sides[1]

    def output_stride(self, *strides: int) -> int:
        """That of the map whose size is taken, or divided by the factor."""
        return strides[1] if len(strides) > 1 else max(1, strides[0] // self.factor)

    def span(self, at: int, growth: int) -> tuple[int, int] | None:
        """The nearest pixel, or the two between whose centres it lies."""
        if self.mode == "nearest":
            return at // growth, at // growth
        first = (2 * at + 1 - growth) // (2 * growth)
        return first, first + (growth > 1)

    def onnx(self, to: OnnxNodes, *inputs: str) -> str:
        """`Resize`, its pixels counted as torch counts them."""
        x = inputs[0]
        if len(inputs) > 1:
            to_size: tuple[str, ...] = ("", to.sized(x, to.sides(inputs[1])))
        else:
            to_size = (to.decimal(1.0, 1.0, float(self.factor), float(self.factor)),)
        return to.node("Resize", x, "", *to_size, **_ONNX[self.mode])

    @classmethod
    def expression(cls, fields: Mapping[str, str], operands: int) -> str:
        """`F.interpolate` to the second map's size, or by the factor."""
        mode = fields["mode"]
        size = "size={1}.shape[-2:]" if operands > 1 else f"scale_factor={fields['factor']}"
        corners = "" if mode == "nearest" else ", align_corners=False"
        return f'F.interpolate({{0}}, {size}, mode="{mode}"{corners})'


_ONNX = {
    "nearest": {
        "mode": "nearest",
        "coordinate_transformation_mode": "asymmetric",
        "nearest_mode": "floor",
    },
    "bilinear": {"mode": "linear", "coordinate_transformation_mode": "half_pixel"},
}


KIND = NodeKind(
    Upsample,
    "Up-sampling without weights, by a factor or to the sides of another node.",
    {
        "mode": word(
            "What fills the new pixels: the nearest one, or bilinear interpolation.",
            ("nearest", "bilinear"),
            default="nearest",
        ),
        "factor": whole("Factor by which the sides grow where `to` is left out.", 1, 64, default=2),
    },
    inputs="to",
)
