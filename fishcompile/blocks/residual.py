"""The residual blocks that a stage's words mean: its first block, and those after it."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from importlib import import_module
from typing import Any

from fishcompile.blocks.residual_parts import BlockWords
from fishcompile.blocks.shortcuts import Residual

OWN = "own_block"


@cache
def _class(kind: str, shortcut: str) -> Any:
    # a network is made of one kind or two, so that the others are not imported
    return import_module(f"fishcompile.blocks.{kind}").KIND.blocks[shortcut]


def residual_blocks(
    kind: str,
    shortcut: str,
    in_channels: int,
    out_channels: int,
    words: BlockWords,
    stride: int = 1,
    dilation: int = 1,
) -> tuple[Residual, Residual]:
    """The first block, which alone changes width and sides, and the block that follows it.

    `kind` is `OWN` where `words` have a branch. `shortcut` is project, reduce, duplicate or
    identity; a projection is there where the width changes or the stride is above 1, and an
    identity keeps `in_channels`. The stage has the width of what follows.
    """
    same: dict[str, Any] = {field.name: getattr(words, field.name) for field in fields(BlockWords)}
    kept = _class(kind, "project")
    if shortcut == "identity":
        first = kept(in_channels, in_channels, stride, dilation, stride == 1, **same)
        return first, kept(in_channels, in_channels, dilation=dilation, **same)
    first = _class(kind, shortcut)(in_channels, out_channels, stride, dilation, **same)
    return first, kept(out_channels, out_channels, dilation=dilation, **same)
