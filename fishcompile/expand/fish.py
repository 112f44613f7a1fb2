"""The parts of a fish, and layers: their words and the types of their inputs give the block."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fishcompile.blocks.bridge import Bridge
from fishcompile.blocks.classifier import Classifier
from fishcompile.blocks.dense_head import DenseHead
from fishcompile.blocks.norm_act import NormAct
from fishcompile.blocks.residual import OWN, residual_blocks
from fishcompile.blocks.residual_parts import BlockWords, Branch
from fishcompile.blocks.stage import DRBlock, Stage, TailStage, URBlock
from fishcompile.blocks.stem import Stem, StemLayer, layer_part
from fishcompile.ir.builder import Part, Sequential
from fishcompile.language.graph_spec import Config
from fishcompile.language.spec import (
    BlockSpec,
    BlocksSpec,
    BridgeSpec,
    ClassifierSpec,
    DenseSpec,
    LayerSpec,
    NormSpec,
    StageSpec,
)
from fishcompile.ops.channel_repeat import ChannelRepeat
from fishcompile.ops.channel_sum import ChannelSum
from fishcompile.ops.conv import Conv, same_padding
from fishcompile.ops.tensor import TensorType

Branched = Callable[[BlockSpec], Branch]

# Where a block's parameter is written in the spec, below the stage's own path.
WRITTEN = {
    "out_channels": ("out",),
    "out_features": ("out",),
    "in_features": ("from",),
    "kernel_size": ("kernel",),
    "kernel": ("down", "kernel"),
    "blocks": ("blocks",),
    "transfer_blocks": ("transfer", "blocks"),
    "skip_channels": ("transfer", "from"),
    "in_channels": ("from",),
    "k": ("k",),
    "dilation": ("dilation",),
    "groups": ("block", "groups"),
    "group_width": ("block", "group_width"),
    "reduction": ("block", "reduction"),
    "se": ("block", "se"),
    "kind": ("block", "kind"),
    "norm": ("block", "norm"),
    "widen": ("widen",),
    "squeeze": ("squeeze",),
    "classes": ("classes",),
}


def bind(config: Config, inputs: tuple[TensorType, ...], branch: Branched) -> Part:
    """The block of a stage whose inputs are known: the trunk and perhaps the skip.

    `branch` gives the M(x) of blocks that are not built in. Raises ShapeError where the trunk's
    channels cannot be split as the stage says.
    """
    channels = inputs[0].channels
    match config:
        case StageSpec():
            skip_channels = inputs[1].channels if len(inputs) > 1 else 0
            return _stage(config, inputs[0], skip_channels, branch)
        case BridgeSpec():
            return Bridge(
                channels,
                config.out,
                config.blocks,
                config.widen,
                config.squeeze,
                gate=config.gate,
                **_words(config.block, branch),
            )
        case ClassifierSpec():
            norm_act = _norm_act(config.norm, config.act)
            return Classifier(channels, config.classes, config.reduction, norm_act)
        case DenseSpec():
            norm_act = _norm_act(config.norm, config.act)
            return DenseHead(channels, config.classes, config.reduction, config.up, norm_act)
        case BlocksSpec():
            return _row(config, channels, branch)
        case LayerSpec():
            return _single(_layer(config), channels)
        case tuple():
            return Stem(tuple(_layer(layer) for layer in config))
        case _:
            raise NotImplementedError


def _row(spec: BlocksSpec, channels: int, branch: Branched) -> Sequential:
    kind, words = _kind_and_words(spec.block, branch)
    out = channels if spec.out is None else spec.out
    window = (spec.stride, spec.dilation)
    first, rest = residual_blocks(kind, "project", channels, out, BlockWords(**words), *window)
    return Sequential(first, lambda _: rest, spec.blocks)


def _single(layer: StemLayer, channels: int) -> Part:
    """A layer on its own: a convolution alone where neither norm nor activation follows."""
    words = layer.norm_act
    if layer.op != "conv" or words.norm != "none" or words.act != "none":
        return layer_part(layer, channels)
    window = (layer.kernel, layer.stride, layer.padding, layer.dilation, layer.groups)
    return Conv(channels, layer.out, *window, layer.bias)


def _stage(spec: StageSpec, x: TensorType, skip_channels: int, branch: Branched) -> Stage:
    rises = spec.up.kind != "none"
    if spec.merge == "none":
        kind = TailStage if spec.down.kind != "none" else Stage
    else:
        kind = URBlock if spec.up.kind != "none" else DRBlock if spec.down.kind != "none" else Stage
    return kind(
        in_channels=x.channels,
        out_channels=_width(spec, x),
        skip_channels=skip_channels,
        blocks=spec.blocks,
        transfer_blocks=spec.transfer.blocks if spec.transfer else 0,
        dilation=spec.dilation,
        kernel=spec.down.kernel or (3 if spec.down.kind == "strided_conv" else 2),
        stride=spec.up.factor if rises else spec.down.stride,
        shortcut=spec.shortcut,
        sample=spec.up.kind if rises else spec.down.kind,
        merge=spec.merge,
        **_words(spec.block, branch),
    )


def _words(block: BlockSpec, branch: Branched) -> dict[str, Any]:
    """The words of a block as `BlockWords` has them, and its kind as `block`."""
    kind, words = _kind_and_words(block, branch)
    return {"block": kind, **words}


def _kind_and_words(block: BlockSpec, branch: Branched) -> tuple[str, dict[str, Any]]:
    words = {
        "groups": block.groups,
        "reduction": block.reduction,
        "group_width": block.group_width or 0,
        "se": block.se or 0,
        "reduction_of": block.reduction_of,
        "norm_act": _norm_act(block.norm, block.act, block.order),
    }
    return (OWN, {**words, "branch": branch(block)}) if block.is_own else (block.kind, words)


def _norm_act(norm: NormSpec, act: str, order: str = "norm_first") -> NormAct:
    # plain: a formula would be one over the parameters of the block around the one with the norm
    return NormAct(norm.kind, int(norm.channels), act, order)


def _width(spec: StageSpec, x: TensorType) -> int:
    """The trunk's width after the first block: derived, but for a projection."""
    match spec.shortcut:
        case "reduce":
            return ChannelSum(spec.k).infer(x).channels
        case "duplicate":
            return ChannelRepeat(spec.k).infer(x).channels
        case "project" if spec.out is not None:
            return spec.out
        case _:
            return x.channels


def _layer(spec: LayerSpec) -> StemLayer:
    convolves = spec.kind == "conv"
    kernel = spec.kernel or (3 if convolves else 2)
    stride = spec.stride or (1 if convolves else kernel)
    same = same_padding(kernel, spec.dilation) if convolves else 0
    padding = same if spec.padding is None else spec.padding
    out = spec.out or 0
    window = (kernel, stride, padding, spec.dilation, spec.groups)
    norm_act = _norm_act(spec.norm, spec.act)
    bias = norm_act.bias if spec.bias is None else spec.bias
    return StemLayer(spec.name, spec.kind, out, *window, bias, norm_act)
