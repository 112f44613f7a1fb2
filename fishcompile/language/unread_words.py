"""Words of a block or a norm that nothing would read: FC206.

A word that comes from `defaults` is pointed at there, once for all that take it.
"""

from __future__ import annotations

from collections.abc import Iterator

from fishcompile.diagnostics.finding import Diagnostic, Related
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
from fishcompile.reader.tree import Path, Tree
from fishcompile.schema.file import residual_kinds, unread_words


def check_words(config: Config, tree: Tree) -> Iterator[Diagnostic]:
    """What is written without effect in the block or the norms of a stage."""
    match config:
        case StageSpec() | BridgeSpec() | BlocksSpec():
            yield from _block(config.block, (*config.path, "block"), tree)
        case ClassifierSpec() | DenseSpec() | LayerSpec():
            yield from _norm(config.norm, config.path, tree)
        case tuple():
            for layer in config:
                yield from _norm(layer.norm, layer.path, tree)


def _block(block: BlockSpec, path: Path, tree: Tree) -> Iterator[Diagnostic]:
    if block.is_own:
        yield from _norm(block.norm, path, tree)
        return
    groups, width = (*path, "groups"), (*path, "group_width")
    if block.group_width is not None and groups in tree.places:
        message = "`groups` and `group_width` say the same of a block in two ways"
        related = (Related(tree.key_span(groups), "the other is here"),)
        way_out = "keep one; `groups: null` takes away what the base of a variant has"
        yield Diagnostic("FC206", message, tree.key_span(width), related=related, help=(way_out,))
    unread = unread_words(block.kind)
    for key in unread:
        first, *others = (kind for kind in residual_kinds() if key not in unread_words(kind))
        kinds = " or ".join([f"`kind: {first}`", *(f"`{kind}`" for kind in others)])
        way_out = f"write {kinds}, or remove `{{}}`"
        yield from _unread(key, f"`kind: {block.kind}`", way_out, path, tree)
    if block.norm.kind == "none" and "order" not in unread:
        way_out = "write another norm, or remove `{}`"
        yield from _unread("order", "`norm: none`", way_out, path, tree)
    yield from _norm(block.norm, path, tree)


def _norm(norm: NormSpec, path: Path, tree: Tree) -> Iterator[Diagnostic]:
    if norm.kind != "group":
        way_out = "write `kind: group`, or remove `{}`"
        yield from _unread("channels", f"`norm: {norm.kind}`", way_out, (*path, "norm"), tree)


def _unread(key: str, word: str, way_out: str, path: Path, tree: Tree) -> Iterator[Diagnostic]:
    at = (*path, key)
    if at in tree.places:
        message = f"`{key}` has no meaning for {word}"
        yield Diagnostic("FC206", message, tree.key_span(at), help=(way_out.format(key),))
