"""Transposed convolution, by its own arithmetic or to a second map's size: `nn.ConvTranspose2d`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from fishcompile.ops.base import Call, Op, ShapeError, State, require_channels, require_map
from fishcompile.ops.conv import weights
from fishcompile.ops.keys import flag, whole
from fishcompile.ops.node_kind import NodeKind
from fishcompile.ops.tensor import TensorType, feature_map
from fishcompile.record import record

if TYPE_CHECKING:
    from fishcompile.ops.onnx_nodes import OnnxNodes


@record
class ConvTranspose(Op):
    """x (in_channels, h, w), like (c, h', w') to (out_channels, h', w').

    h' lies in [m, m + stride - 1] for m = (h - 1) * stride - 2 * padding + kernel_size, the range
    that torch's `output_size` allows; without a second map it is m. With a kernel as large as the
    stride and no padding every output pixel has one source, and m is h * stride.
    """

    kind: ClassVar[str] = "conv_transpose"
    calls = ("nn.init.kaiming_normal_",)
    gradient = "weighted"
    first_values = 'nn.init.kaiming_normal_({0}.weight, mode="fan_out")'
    reads: ClassVar[int | None] = 1
    # as much as there can be, of which the second map's size is then kept: torch's own
    # `output_size` is a list of numbers once a network is exported
    sized: ClassVar[tuple[tuple[str, str], ...]] = (("output_padding", "stride - 1"),)

    in_channels: int
    out_channels: int
    kernel_size: int = 2
    stride: int = 2
    padding: int = 0
    bias: bool = False

    def infer(self, *inputs: TensorType) -> TensorType:
        """Checks channels, and that the second map's sides can be reached."""
        x = inputs[0]
        require_map(x, self.kind)
        require_channels(x, self.in_channels, "in_channels")
        if self.out_channels < 1:
            raise ShapeError("FC302", "a convolution with no output channel", "out_channels")
        if self.padding < 0:
            raise _lopsided(int(self.kernel_size), int(self.stride))
        for like in inputs[1:]:
            require_map(like, self.kind, operand=1)
        return feature_map(self.out_channels, self.moved(*(each.sides for each in inputs)))

    def moved(self, *sides: tuple[int, ...]) -> tuple[int, ...]:
        """The least sides that torch gives, or the second map's where its `output_size` allows."""
        border = self.kernel_size - self.stride - 2 * self.padding
        least = tuple(side * self.stride + border for side in sides[0])
        if min(least) < 1:
            size = "x".join(map(str, sides[0]))
            raise ShapeError("FC304", f"padding {self.padding} leaves nothing of {size}", "padding")
        if len(sides) == 1:
            return least
        for side, low, target in zip(sides[0], least, sides[1], strict=True):
            if not low <= target < low + self.stride:
                message = f"a stride of {self.stride} cannot bring side {side} to {target}"
                raise ShapeError("FC303", message, operand=1)
        return sides[1]

    def kept(self, *inputs: TensorType) -> tuple[int, int]:
        """Classes that are brought to another size stay as many."""
        return inputs[0].channels, self.out_channels

    def macs(self, inputs: tuple[TensorType, ...], output: TensorType) -> int:  # noqa: ARG002
        """One per weight and input pixel."""
        return inputs[0].elements * self.out_channels * self.kernel_size * self.kernel_size

    def output_stride(self, *strides: int) -> int:
        """That of the map whose size is taken, or divided by the stride."""
        return strides[1] if len(strides) > 1 else max(1, strides[0] // self.stride)

    def span(self, at: int, growth: int) -> tuple[int, int] | None:  # noqa: ARG002
        """The pixels whose windows reach this one."""
        last = (at + int(self.padding)) // int(self.stride)
        first = -((int(self.kernel_size) - 1 - at - int(self.padding)) // int(self.stride))
        return first, max(first, last)  # between windows further apart than long lies nothing

    def stored(self, inputs: tuple[TensorType, ...], output: TensorType) -> int:
        """With a second map, as much as there can be; the output is cut from it."""
        if len(inputs) == 1:
            return output.elements
        border = self.kernel_size - 2 * self.padding - 1
        height, width = (side * self.stride + border for side in inputs[0].sides)
        return self.out_channels * height * width

    def state(self) -> tuple[State, ...]:
        """`weight` (in, out, kernel, kernel), and `bias` where there is one."""
        k = self.kernel_size
        shape = (self.in_channels, self.out_channels, k, k)
        return weights(shape, (self.out_channels,) if self.bias else None)

    def onnx(self, to: OnnxNodes, *inputs: str) -> str:
        """Of a second map its sides, cut from as much as there can be."""
        weights = [to.weight(entry.name) for entry in self.state()]
        p, s, sized = int(self.padding), int(self.stride), len(inputs) > 1
        made = to.node(
            "ConvTranspose",
            inputs[0],
            *weights,
            kernel_shape=(int(self.kernel_size),) * 2,
            strides=(s, s),
            pads=(p,) * 4,
            output_padding=(s - 1,) * 2 if sized else (0, 0),
        )
        if not sized:
            return made
        return to.node("Slice", made, to.whole(0, 0), to.sides(inputs[1]), to.whole(2, 3))

    @classmethod
    def module(cls) -> Call:
        """`nn.ConvTranspose2d(...)`."""
        return Call(
            "nn.ConvTranspose2d",
            (
                ("in_channels", None),
                ("out_channels", None),
                ("kernel_size", None),
            ),
            (("stride", "1"), ("padding", "0"), ("bias", "True")),
        )

    @classmethod
    def expression(cls, fields: Mapping[str, str], operands: int) -> str:  # noqa: ARG003
        """The module called, and its map cut to the second map's sides where there is one."""
        cut = "[..., : {1}.shape[-2], : {1}.shape[-1]]" if operands > 1 else ""
        return f"{{self}}({{0}}){cut}"


def _lopsided(kernel: int, stride: int) -> ShapeError:
    """What is wrong where no padding lets the sides grow by the stride alone."""
    why = "smaller than" if kernel < stride else "larger by an odd number than"
    message = f"a kernel of {kernel} is {why} its stride of {stride}, which no padding makes up for"
    return ShapeError(
        "FC306", message, "kernel_size", instead=f"padding: {max(0, (kernel - stride) // 2)}"
    )


def _make(
    x: TensorType,
    *like: TensorType,
    out: int,
    kernel: int | None,
    stride: int,
    padding: int | None,
    bias: bool,
) -> Op:
    size = stride if kernel is None else kernel
    # to the sides of another map it may be a pixel more
    exact = size >= stride and (like or (size - stride) % 2 == 0)
    border = ((size - stride) // 2 if exact else -1) if padding is None else padding
    return ConvTranspose(x.channels, out, size, stride, border, bias)


KIND = NodeKind(
    _make,
    "A transposed convolution, learned up-sampling.",
    {
        "out": whole("Channels that leave.", 1, 65536, example=64),
        "kernel": whole(
            "Side of the window in pixels. Left out, it is the stride.",
            1,
            64,
            default=None,
            example=4,
        ),
        "stride": whole("Factor by which the sides grow.", 1, 32, default=2),
        "padding": whole(
            "Pixels cut from every side. Left out, the sides grow by the stride alone.",
            0,
            31,
            default=None,
            example=1,
        ),
        "bias": flag("Whether a bias is added.", default=False),
    },
    inputs="to",
)
