"""What `max_pool` and `avg_pool` share: all but the function of torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from fishcompile.ops.base import Op, ShapeError, require_map, window
from fishcompile.ops.tensor import TensorType, feature_map
from fishcompile.record import record

if TYPE_CHECKING:
    from fishcompile.ops.onnx_nodes import Attribute


@record
class Pool(Op):
    """x (c, h, w) to (c, h', w'), h' = (h + 2p - k) // s + 1."""

    kernel_size: int
    stride: int
    padding: int = 0

    def infer(self, *inputs: TensorType) -> TensorType:
        """Sides by torch's formula, floor mode; padding is at most half a window."""
        (x,) = inputs
        require_map(x, self.kind)
        if not 0 <= self.padding * 2 <= self.kernel_size:
            message = f"padding {self.padding} is more than half of a {self.kernel_size} window"
            if self.padding < 0:
                message = f"a padding of {self.padding} is less than none"
            raise ShapeError("FC304", message, "padding")
        return feature_map(x.channels, self.moved(x.sides))

    def moved(self, *sides: tuple[int, ...]) -> tuple[int, ...]:
        """A window."""
        return window(sides[0], self.kernel_size, self.stride, self.padding)

    def span(self, at: int, growth: int) -> tuple[int, int] | None:  # noqa: ARG002
        """The window."""
        first = at * int(self.stride) - int(self.padding)
        return first, first + int(self.kernel_size) - 1

    def onnx_window(self) -> dict[str, Attribute]:
        """The attributes of a pooling in ONNX."""
        return {
            "kernel_shape": (int(self.kernel_size),) * 2,
            "strides": (int(self.stride),) * 2,
            "pads": (int(self.padding),) * 4,
        }

    @classmethod
    def expression(cls, fields: Mapping[str, str], operands: int) -> str:  # noqa: ARG003
        """Stride and padding are left out where they are torch's defaults."""
        kernel, stride, padding = fields["kernel_size"], fields["stride"], fields["padding"]
        border = "" if padding == "0" else f", padding={padding}"
        step = "" if stride == kernel else f", stride={stride}"
        return f"{cls.calls[0]}({{0}}, {kernel}{step}{border})"
