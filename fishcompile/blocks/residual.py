"""The residual blocks that a stage's words mean: its first block, and those after it."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from fishcompile.blocks.basic_block import (
    BasicBlock,
    DuplicateBasicBlock,
    ProjectBasicBlock,
    ReduceBasicBlock,
)
from fishcompile.blocks.bottleneck import (
    Bottleneck,
    DuplicateBottleneck,
    ProjectBottleneck,
    ReduceBottleneck,
)
from fishcompile.blocks.own_block import (
    DuplicateResidualBlock,
    ProjectResidualBlock,
    ReduceResidualBlock,
    ResidualBlock,
)
from fishcompile.blocks.residual_parts import BlockWords, Changed, Kept
from fishcompile.blocks.resnet_basic_block import (
    DuplicateResNetBasicBlock,
    ProjectResNetBasicBlock,
    ReduceResNetBasicBlock,
    ResNetBasicBlock,
)
from fishcompile.blocks.resnet_bottleneck import (
    DuplicateResNetBottleneck,
    ProjectResNetBottleneck,
    ReduceResNetBottleneck,
    ResNetBottleneck,
)

OWN = "own"
_KEEPS: dict[str, type[Kept]] = {
    "bottleneck": Bottleneck,
    "basic": BasicBlock,
    "resnet_bottleneck": ResNetBottleneck,
    "resnet_basic": ResNetBasicBlock,
    OWN: ResidualBlock,
}
_CHANGES: dict[tuple[str, str], type[Changed]] = {
    ("bottleneck", "project"): ProjectBottleneck,
    ("bottleneck", "reduce"): ReduceBottleneck,
    ("bottleneck", "duplicate"): DuplicateBottleneck,
    ("basic", "project"): ProjectBasicBlock,
    ("basic", "reduce"): ReduceBasicBlock,
    ("basic", "duplicate"): DuplicateBasicBlock,
    ("resnet_bottleneck", "project"): ProjectResNetBottleneck,
    ("resnet_bottleneck", "reduce"): ReduceResNetBottleneck,
    ("resnet_bottleneck", "duplicate"): DuplicateResNetBottleneck,
    ("resnet_basic", "project"): ProjectResNetBasicBlock,
    ("resnet_basic", "reduce"): ReduceResNetBasicBlock,
    ("resnet_basic", "duplicate"): DuplicateResNetBasicBlock,
    (OWN, "project"): ProjectResidualBlock,
    (OWN, "reduce"): ReduceResidualBlock,
    (OWN, "duplicate"): DuplicateResidualBlock,
}


def residual_blocks(
    kind: str,
    shortcut: str,
    in_channels: int,
    out_channels: int,
    words: BlockWords,
    stride: int = 1,
    dilation: int = 1,
) -> tuple[Kept | Changed, Kept]:
    """The first block, which alone changes width and sides, and the block that follows it.

    `kind` is `OWN` where `words` have a branch. `shortcut` is project, reduce, duplicate or
    identity; a projection is there where the width changes or the stride is above 1, and an
    identity keeps `in_channels`. What follows has `rest.channels`.
    """
    same: dict[str, Any] = {field.name: getattr(words, field.name) for field in fields(BlockWords)}
    changes = in_channels != out_channels or stride > 1
    if shortcut == "identity" or (shortcut == "project" and not changes):
        kept = _KEEPS[kind]
        rest = kept(in_channels, dilation=dilation, **same)
        return kept(in_channels, stride, dilation, **same), rest
    first = _CHANGES[kind, shortcut](in_channels, out_channels, stride, dilation, **same)
    return first, _KEEPS[kind](out_channels, dilation=dilation, **same)
