"""The kinds of the graph form that are one op: their keys, with the defaults, and the op they give.

A kind is a function of the types of its inputs and of its own keys; schemas/ describes the same
keys to editors as `kind_NAME`, and a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable

from fishcompile.ops.adaptive_avg_pool import AdaptiveAvgPool
from fishcompile.ops.add import Add
from fishcompile.ops.base import Op
from fishcompile.ops.batch_norm import BatchNorm
from fishcompile.ops.channel_repeat import ChannelRepeat
from fishcompile.ops.channel_sum import ChannelSum
from fishcompile.ops.concat import Concat
from fishcompile.ops.conv_transpose import ConvTranspose
from fishcompile.ops.dropout import Dropout
from fishcompile.ops.flatten import Flatten
from fishcompile.ops.gelu import Gelu
from fishcompile.ops.global_avg_pool import GlobalAvgPool
from fishcompile.ops.linear import Linear
from fishcompile.ops.mul import Mul
from fishcompile.ops.relu import Relu
from fishcompile.ops.sigmoid import Sigmoid
from fishcompile.ops.silu import Silu
from fishcompile.ops.tensor import TensorType
from fishcompile.ops.upsample import Upsample


def _deconv(
    x: TensorType,
    *_like: TensorType,
    out: int,
    kernel: int | None = None,
    stride: int = 2,
    padding: int | None = None,
    bias: bool = False,
) -> Op:
    """Without `kernel` it is the stride; without `padding` the sides grow by the stride alone."""
    size = stride if kernel is None else kernel
    border = (size - stride) // 2 if padding is None else padding
    return ConvTranspose(x.channels, out, size, stride, border, bias)


def _upsample(_x: TensorType, *_like: TensorType, mode: str = "nearest", factor: int = 2) -> Op:
    return Upsample(mode, factor)


def _batch_norm(x: TensorType) -> Op:
    return BatchNorm(x.channels)


def _linear(x: TensorType, *, out: int, bias: bool = True) -> Op:
    return Linear(x.channels, out, bias)


def _dropout(_x: TensorType, *, percent: int = 50) -> Op:
    return Dropout(percent)


def _adaptive_avg_pool(_x: TensorType, *, size: int) -> Op:
    return AdaptiveAvgPool(size)


def _channel_sum(_x: TensorType, *, k: int) -> Op:
    return ChannelSum(k)


def _channel_repeat(_x: TensorType, *, k: int) -> Op:
    return ChannelRepeat(k)


def _plain(op: type[Op]) -> Callable[..., Op]:
    """A kind without keys."""
    return lambda *_operands: op()


KINDS: dict[str, Callable[..., Op]] = {
    "adaptive_avg_pool": _adaptive_avg_pool,
    "add": _plain(Add),
    "batch_norm": _batch_norm,
    "channel_repeat": _channel_repeat,
    "channel_sum": _channel_sum,
    "concat": _plain(Concat),
    "deconv": _deconv,
    "dropout": _dropout,
    "flatten": _plain(Flatten),
    "global_avg_pool": _plain(GlobalAvgPool),
    "gelu": _plain(Gelu),
    "linear": _linear,
    "mul": _plain(Mul),
    "relu": _plain(Relu),
    "sigmoid": _plain(Sigmoid),
    "silu": _plain(Silu),
    "upsample": _upsample,
}
