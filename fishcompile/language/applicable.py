"""Keys that a stage would not read, and keys that its words call for: FC206 and FC111."""

from __future__ import annotations

from collections.abc import Iterator

from fishcompile.diagnostics.finding import Diagnostic, Fix, Related
from fishcompile.diagnostics.nearest import nearest
from fishcompile.language.graph_spec import StageNode
from fishcompile.language.spec import StageSpec
from fishcompile.language.unread_words import check_words
from fishcompile.reader.respell import renamed
from fishcompile.reader.tree import Path, Tree


def check_stage(node: StageNode, tree: Tree) -> Iterator[Diagnostic]:
    """What is written in a stage without effect, and what is missing for its effect."""
    stage = node.config
    if isinstance(stage, StageSpec):
        yield from _transfer(stage, tree)
        yield from _width(stage, tree)
        yield from _sampling(stage, tree)
    yield from check_words(stage, tree)


def _transfer(stage: StageSpec, tree: Tree) -> Iterator[Diagnostic]:
    at = (*stage.path, "transfer")
    if stage.merge == "none" and stage.transfer is not None:
        message = f"`{stage.name}` merges nothing, so its `transfer` would be lost"
        yield _unread(tree, at, message, "write `merge: concat`, or remove `transfer`")
    if stage.merge != "none" and stage.transfer is None:
        yield Diagnostic(
            "FC111",
            f"`{stage.name}` merges ({stage.merge}) but has no `transfer` to merge with",
            tree.key_span(stage.path),
            help=("name the skip: `transfer: {from: STAGE, blocks: 1}`", "or write `merge: none`"),
        )


def _width(stage: StageSpec, tree: Tree) -> Iterator[Diagnostic]:
    if stage.k != 1 and stage.shortcut not in ("reduce", "duplicate"):
        message = f"`k` has no meaning for `shortcut: {stage.shortcut}`"
        way_out = "write `shortcut: reduce` or `duplicate`, or remove `k`"
        yield _unread(tree, (*stage.path, "k"), message, way_out)
    if stage.section == "tail" and stage.shortcut == "project" and stage.out is None:
        tail = tree.value.get("tail")
        near = nearest(stage.name, tail) if isinstance(tail, dict) else None
        yield Diagnostic(
            "FC111",
            f"`{stage.name}` projects to a width that it does not say",
            tree.key_span(stage.path),
            help=("choose the width: `out: 128`", *([f"did you mean `{near}`?"] if near else [])),
            fixes=_of_the_base(stage, near, tree) if near else (),
        )


def _of_the_base(stage: StageSpec, near: str, tree: Tree) -> tuple[Fix, ...]:
    """A variant's new stage renamed to the stage of its base that was meant."""
    span, other = tree.key_span(stage.path), tree.key_span((stage.section, near))
    tail = tree.value["tail"]
    if span.source == other.source or not isinstance(tail, dict):
        return ()
    return renamed(span, stage.name, near, [name for name in tail if name != stage.name])


def _sampling(stage: StageSpec, tree: Tree) -> Iterator[Diagnostic]:
    down, up = (*stage.path, "down"), (*stage.path, "up")
    if stage.down.kind != "none" and stage.up.kind != "none" and {down, up} <= tree.places.keys():
        message = f"`{stage.name}` samples both down and up"
        related = (Related(tree.key_span(up), "and up here"),)
        help_ = ("keep one; a stage changes resolution once",)
        yield Diagnostic("FC206", message, tree.key_span(down), "", "error", related, (), help_)
        return
    clash = {"ur": (down, stage.down.kind), "dr": (up, stage.up.kind)}.get(stage.merge)
    if clash and clash[1] != "none":
        message = f"`merge: {stage.merge}` and `{clash[0][-1]}: {clash[1]}` contradict each other"
        way_out = "write `merge: concat` for a free choice of sampling"
        yield _unread(tree, clash[0], message, way_out)


def _unread(tree: Tree, path: Path, message: str, way_out: str) -> Diagnostic:
    return Diagnostic("FC206", message, tree.key_span(path), help=(way_out,))
