"""The residual blocks that a stage's words mean: its first block, and those after it."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from importlib import import_module
from typing import Any

from fishcompile.blocks.residual_parts import BlockWords
from fishcompile.blocks.shortcuts import Changed, Identity

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
) -> tuple[Identity | Changed, Identity]:
    """The first block, which alone changes width and sides, and the block that follows it.

    `kind` is `OWN` where `words` have a branch. `shortcut` is project, reduce, duplicate or
    identity; a projection is there where the width changes or the stride is above 1, and an
    identity keeps `in_channels`. What follows has `rest.channels`.
    """
    same: dict[str, Any] = {field.name: getattr(words, field.name) for field in fields(BlockWords)}
    changes = in_channels != out_channels or stride > 1
    if shortcut == "identity" or (shortcut == "project" and not changes):
        kept = _class(kind, "identity")
        rest = kept(in_channels, dilation=dilation, **same)
        return kept(in_channels, stride, dilation, **same), rest
    first = _class(kind, shortcut)(in_channels, out_channels, stride, dilation, **same)
    return first, _class(kind, "identity")(out_channels, dilation=dilation, **same)
