"""Convolution over a feature map, `torch.nn.Conv2d` with square kernels."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, ClassVar

from fishcompile.ops.base import (
    Call,
    First,
    Op,
    ShapeError,
    State,
    require_channels,
    require_map,
    window,
)
from fishcompile.ops.tensor import TensorType, feature_map
from fishcompile.record import record

if TYPE_CHECKING:
    from fishcompile.ops.onnx_nodes import OnnxNodes


def same_padding(kernel: int, dilation: int) -> int:
    """The padding with which a convolution keeps its sides at stride 1, -1 if there is none.

    An even kernel has no pixel in its middle. `Conv.infer` refuses what is negative.
    """
    return dilation * (kernel // 2) if kernel % 2 else -1


def weights(shape: tuple[int, ...], bias: tuple[int, ...] | None) -> tuple[State, ...]:
    """`weight`, and `bias` where there is one, with the first values of a convolution.

    Kaiming's of mode fan_out for the first, torch's own for the second; as torch counts them, for a
    transposed one as well: fan_out by the first dimension, fan_in by the second.
    """
    area = prod(map(int, shape[2:]))
    first = First((2 / (int(shape[0]) * area)) ** 0.5, "normal")
    found = (State("weight", shape, first=first),)
    if bias is None:
        return found
    return (*found, State("bias", bias, first=First((int(shape[1]) * area) ** -0.5, "uniform")))


@record
class Conv(Op):
    """x (in_channels, h, w) to (out_channels, h', w'), h' = (h + 2p - d(k-1) - 1) // s + 1."""

    kind: ClassVar[str] = "conv"
    calls = ("nn.init.kaiming_normal_",)
    gradient = "weighted"
    first_values = 'nn.init.kaiming_normal_({0}.weight, mode="fan_out")'

    in_channels: int
    out_channels: int
    kernel_size: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    groups: int = 1
    bias: bool = False

    def infer(self, *inputs: TensorType) -> TensorType:
        """Checks channels and groups; sides by torch's formula."""
        (x,) = inputs
        require_map(x, self.kind)
        require_channels(x, self.in_channels, "in_channels")
        for channels in (self.in_channels, self.out_channels):
            if channels % self.groups:
                message = f"{self.groups} groups do not divide {channels} channels"
                raise ShapeError("FC302", message, "groups", divide=int(channels))
        if self.out_channels < 1:
            raise ShapeError("FC302", "a convolution with no output channel", "out_channels")
        if self.padding < 0:
            raise self._lopsided()
        return feature_map(self.out_channels, self.moved(x.sides))

    def moved(self, *sides: tuple[int, ...]) -> tuple[int, ...]:
        """A window as wide as the dilated kernel."""
        extent = int(self.dilation) * (int(self.kernel_size) - 1) + 1
        return window(sides[0], extent, self.stride, self.padding)

    def by_pixel(self) -> bool:
        """A window of one pixel, which moves by one."""
        return (self.kernel_size, self.stride, self.padding) == (1, 1, 0)

    def _lopsided(self) -> ShapeError:
        """What is wrong with a padding that is to keep the sides and cannot: see `same_padding`."""
        kernel, stride = int(self.kernel_size), int(self.stride)
        border = int(self.dilation) * (kernel - 1)
        even = border % 2 == 0
        by_stride = (kernel - stride) // 2 if kernel >= stride > 1 else border // 2
        message = f"no padding keeps the sides with a kernel of {kernel}"
        if even:
            message = f"a kernel of {kernel} needs a `padding`: it has no pixel in its middle"
        instead = f"padding: {border // 2 if even else by_stride}"
        return ShapeError("FC306", message, "kernel_size", instead=instead)

    def macs(self, inputs: tuple[TensorType, ...], output: TensorType) -> int:  # noqa: ARG002
        """One per weight and output pixel; the bias is not counted."""
        area = self.kernel_size * self.kernel_size
        return output.elements * area * self.in_channels // self.groups

    def span(self, at: int, growth: int) -> tuple[int, int] | None:  # noqa: ARG002
        """The window, as far as it is from its first to its last weight."""
        first = at * int(self.stride) - int(self.padding)
        return first, first + int(self.dilation) * (int(self.kernel_size) - 1)

    def state(self) -> tuple[State, ...]:
        """`weight`, and `bias` where there is one."""
        k = self.kernel_size
        shape = (self.out_channels, self.in_channels // self.groups, k, k)
        return weights(shape, (self.out_channels,) if self.bias else None)

    def onnx(self, to: OnnxNodes, *inputs: str) -> str:
        """`Conv`."""
        return to.node(
            "Conv",
            *inputs,
            *(to.weight(entry.name) for entry in self.state()),
            kernel_shape=(int(self.kernel_size),) * 2,
            strides=(int(self.stride),) * 2,
            pads=(int(self.padding),) * 4,
            dilations=(int(self.dilation),) * 2,
            group=int(self.groups),
        )

    @classmethod
    def module(cls) -> Call:
        """`nn.Conv2d(...)`."""
        return Call(
            "nn.Conv2d",
            (
                ("in_channels", None),
                ("out_channels", None),
                ("kernel_size", None),
            ),
            (
                ("stride", "1"),
                ("padding", "0"),
                ("dilation", "1"),
                ("groups", "1"),
                ("bias", "True"),
            ),
        )
