"""Transposed convolution to the size of a second map, `torch.nn.ConvTranspose2d`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from fishcompile.ops.base import Call, Op, ShapeError, State, require_channels, require_map
from fishcompile.tensor import TensorType, feature_map


@dataclass(frozen=True)
class ConvTranspose(Op):
    """x (in_channels, h, w), like (c, h', w') to (out_channels, h', w').

    The kernel is as large as the stride, so every output pixel has one source; h' lies in
    [h * stride, h * stride + stride - 1], the range torch's `output_size` allows. Without a
    second map h' is h * stride.
    """

    kind: ClassVar[str] = "conv_transpose"
    reads: ClassVar[int | None] = 1

    in_channels: int
    out_channels: int
    stride: int = 2
    bias: bool = False

    def infer(self, *inputs: TensorType) -> TensorType:
        """Checks channels, and that the second map's sides can be reached."""
        x = inputs[0]
        require_map(x, self.kind)
        require_channels(x, self.in_channels, "in_channels")
        if len(inputs) == 1:
            return feature_map(self.out_channels, tuple(side * self.stride for side in x.sides))
        like = inputs[1]
        for side, target in zip(x.sides, like.sides, strict=True):
            if not side * self.stride <= target < (side + 1) * self.stride:
                message = f"a stride of {self.stride} cannot bring side {side} to {target}"
                raise ShapeError("FC303", message, operand=1)
        return feature_map(self.out_channels, like.sides)

    def macs(self, inputs: tuple[TensorType, ...], output: TensorType) -> int:  # noqa: ARG002
        """One per weight and input pixel."""
        return inputs[0].elements * self.out_channels * self.stride * self.stride

    def output_stride(self, *strides: int) -> int:
        """That of the map whose size is taken, or divided by the stride."""
        return strides[1] if len(strides) > 1 else max(1, strides[0] // self.stride)

    def state(self) -> tuple[State, ...]:
        """`weight` (in, out, stride, stride), and `bias` where there is one."""
        weight = State("weight", (self.in_channels, self.out_channels, self.stride, self.stride))
        return (weight, State("bias", (self.out_channels,))) if self.bias else (weight,)

    @classmethod
    def module(cls) -> Call:
        """`nn.ConvTranspose2d(...)` with the kernel as large as the stride."""
        return Call(
            "nn.ConvTranspose2d",
            (("in_channels", None), ("out_channels", None), ("stride", None), ("stride", "1")),
            (("bias", "True"),),
        )

    @classmethod
    def expression(cls, fields: Mapping[str, str], operands: int) -> str:  # noqa: ARG003
        """The module called, with the second map's size where there is one."""
        return "{self}({0}, output_size={1}.shape[-2:])" if operands > 1 else "{self}({0})"
