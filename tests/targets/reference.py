"""An interpreter of graphs in torch, apart from the emitter: what a graph means, op by op."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from fishcompile.ir.graph import Graph, Node

State = Mapping[str, Tensor]


def run_graph(graph: Graph, state: State, image: Tensor) -> dict[str, Tensor]:
    """The graph's outputs by name, in evaluation mode, with the weights of a state dict."""
    values = {graph.inputs[0].name: image}
    for node in graph.nodes:
        weights = {entry.name: state[f"{node.name}.{entry.name}"] for entry in node.op.state()}
        values[node.name] = run_node(node, weights, [values[name] for name in node.inputs])
    return {name: values[value] for name, value in (*graph.taps, *graph.outputs)}


def run_node(node: Node, weights: State, inputs: Sequence[Tensor]) -> Tensor:
    """What an op gives, with its entries of the state dict."""
    return _MEANING[node.op.kind](node, weights, *inputs)


def _conv(node: Node, w: State, x: Tensor) -> Tensor:
    op: Any = node.op
    bias = w.get("bias")
    return F.conv2d(x, w["weight"], bias, op.stride, op.padding, op.dilation, op.groups)


def _conv_transpose(node: Node, w: State, x: Tensor, like: Tensor | None = None) -> Tensor:
    op: Any = node.op
    border = op.kernel_size - op.stride - 2 * op.padding
    extra = [0, 0]
    if like is not None:
        extra = [like.shape[d] - x.shape[d] * op.stride - border for d in (2, 3)]
    weights = w["weight"], w.get("bias")
    return F.conv_transpose2d(x, *weights, op.stride, op.padding, extra)


def _batch_norm(node: Node, w: State, x: Tensor) -> Tensor:
    return F.batch_norm(x, w["running_mean"], w["running_var"], w["weight"], w["bias"])


def _group_norm(node: Node, w: State, x: Tensor) -> Tensor:
    groups: int = node.op.groups  # type: ignore[attr-defined]
    return F.group_norm(x, groups, w["weight"], w["bias"])


def _upsample(node: Node, w: State, x: Tensor, like: Tensor | None = None) -> Tensor:
    op: Any = node.op
    size = [side * op.factor for side in x.shape[2:]] if like is None else list(like.shape[2:])
    corners = False if op.mode == "bilinear" else None
    return F.interpolate(x, size, mode=op.mode, align_corners=corners)


def _channel_sum(node: Node, w: State, x: Tensor) -> Tensor:
    """As the authors write it: `view(n, c // k, k, h, w).sum(2)`."""
    k: int = node.op.k  # type: ignore[attr-defined]
    n, c, h, width = x.shape
    return x.view(n, c // k, k, h, width).sum(2)


def _pool(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    def pool(node: Node, w: State, x: Tensor) -> Tensor:
        op: Any = node.op
        return function(x, op.kernel_size, op.stride, op.padding)

    return pool


def _adaptive_avg_pool(node: Node, w: State, x: Tensor) -> Tensor:
    size: int = node.op.size  # type: ignore[attr-defined]
    return F.adaptive_avg_pool2d(x, (size, size))


_MEANING: dict[str, Callable[..., Tensor]] = {
    "adaptive_avg_pool": _adaptive_avg_pool,
    "add": lambda _, __, *xs: reduce(torch.add, xs),
    "avg_pool": _pool(F.avg_pool2d),
    "batch_norm": _batch_norm,
    "channel_repeat": lambda node, _, x: x[
        :, torch.arange(x.shape[1]).repeat_interleave(node.op.k)
    ],
    "channel_shuffle": lambda node, _, x: (
        x.unflatten(1, (node.op.groups, -1)).transpose(1, 2).flatten(1, 2)
    ),
    "channel_sum": _channel_sum,
    "concat": lambda _, __, *xs: torch.cat(xs, 1),
    "conv": _conv,
    "conv_transpose": _conv_transpose,
    "dropout": lambda _, __, x: x,  # in evaluation mode
    "flatten": lambda _, __, x: x.reshape(x.shape[0], -1),
    "gelu": lambda _, __, x: F.gelu(x),
    "global_avg_pool": lambda _, __, x: F.adaptive_avg_pool2d(x, 1),
    "group_norm": _group_norm,
    "linear": lambda _, w, x: F.linear(x, w["weight"], w.get("bias")),
    "max_pool": _pool(F.max_pool2d),
    "mul": lambda _, __, *xs: reduce(torch.mul, xs),
    "relu": lambda _, __, x: torch.relu(x),
    "sigmoid": lambda _, __, x: torch.sigmoid(x),
    "silu": lambda _, __, x: F.silu(x),
    "upsample": _upsample,
}
