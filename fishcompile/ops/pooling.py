"""What `max_pool` and `avg_pool` share: the shape of a sliding window, and how Python says it."""

from __future__ import annotations

from collections.abc import Mapping

from fishcompile.ops.base import ShapeError, require_map, window
from fishcompile.ops.tensor import TensorType, feature_map


def pooled(x: TensorType, kind: str, kernel: int, stride: int, padding: int) -> TensorType:
    """Sides by torch's formula, floor mode. Raises ShapeError; padding is at most half a window."""
    require_map(x, kind)
    if not 0 <= padding * 2 <= kernel:
        message = f"padding {padding} is not between 0 and half of a {kernel} window"
        if padding > 0:
            message = f"padding {padding} is more than half of a {kernel} window"
        raise ShapeError("FC304", message, "padding")
    return feature_map(x.channels, window(x.sides, kernel, stride, padding))


def pool_call(function: str, fields: Mapping[str, str]) -> str:
    """`function(x, kernel)`, with stride and padding where they are not torch's defaults."""
    kernel, stride, padding = fields["kernel_size"], fields["stride"], fields["padding"]
    border = "" if padding == "0" else f", padding={padding}"
    step = "" if stride == kernel else f", stride={stride}"
    return f"{function}({{0}}, {kernel}{step}{border})"
