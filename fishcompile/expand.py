"""Stages to blocks: a stage's words and the types of its inputs give the block that it is."""

from __future__ import annotations

from fishcompile.blocks.bridge import Bridge
from fishcompile.blocks.classifier import Classifier
from fishcompile.blocks.stage import DRBlock, Stage, TailStage, URBlock
from fishcompile.blocks.stem import Stem, StemLayer
from fishcompile.ir.builder import Block
from fishcompile.ir.graph import Value
from fishcompile.language.spec import BridgeSpec, ClassifierSpec, LayerSpec, StageSpec
from fishcompile.language.stage_graph import Config, StageNode
from fishcompile.ops.channel_repeat import ChannelRepeat
from fishcompile.ops.channel_sum import ChannelSum
from fishcompile.tensor import TensorType

# Where a block's parameter is written in the spec, below the stage's own path.
WRITTEN = {
    "out_channels": ("out",),
    "blocks": ("blocks",),
    "transfer_blocks": ("transfer", "blocks"),
    "skip_channels": ("transfer", "from"),
    "in_channels": ("from",),
    "k": ("k",),
    "dilation": ("dilation",),
    "groups": ("block", "groups"),
    "reduction": ("block", "reduction"),
    "widen": ("widen",),
    "squeeze": ("squeeze",),
    "classes": ("classes",),
}


def bind(node: StageNode, inputs: tuple[Value, ...]) -> Block:
    """The block of a stage whose inputs are known: the trunk and perhaps the skip.

    Raises ShapeError where the trunk's channels cannot be split as the stage says.
    """
    config: Config = node.config
    channels = inputs[0].type.channels
    match config:
        case StageSpec():
            skip_channels = inputs[1].type.channels if len(inputs) > 1 else 0
            return _stage(config, inputs[0].type, skip_channels)
        case BridgeSpec():
            return Bridge(
                channels,
                config.out,
                config.blocks,
                config.widen,
                config.squeeze,
                config.block.groups,
                config.block.reduction,
                config.gate,
            )
        case ClassifierSpec():
            return Classifier(channels, config.classes, config.reduction)
        case _:
            return Stem(tuple(_layer(layer) for layer in config))


def _stage(spec: StageSpec, x: TensorType, skip_channels: int) -> Stage:
    sampling = spec.up if spec.up.kind != "none" else spec.down
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
        groups=spec.block.groups,
        reduction=spec.block.reduction,
        kernel=sampling.kernel or (3 if sampling.kind == "strided_conv" else 2),
        stride=sampling.stride,
        shortcut=spec.shortcut,
        sample=sampling.kind,
        merge=spec.merge,
    )


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
    same = spec.dilation * (kernel // 2) if convolves else 0
    padding = same if spec.padding is None else spec.padding
    out = spec.out or 0
    return StemLayer(spec.name, spec.kind, out, kernel, stride, padding, spec.dilation, spec.groups)
