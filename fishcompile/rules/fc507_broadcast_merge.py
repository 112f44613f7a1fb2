"""FC507: A skip is merged with a trunk of its own resolution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fishcompile.diagnostics.finding import Diagnostic, Related
from fishcompile.ops.add import Add
from fishcompile.rules.base import Rule
from fishcompile.rules.design import warnings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fishcompile.analysis.facts import Facts
    from fishcompile.ir.graph import Node


def additions(facts: Facts) -> Iterator[tuple[Node, bool]]:
    """The merges that add, and whether trunk and skip have the same sides."""
    from fishcompile.language.spec import StageSpec

    for node in facts.inside(Add):
        stage = facts.stage(node)
        if isinstance(stage.config, StageSpec) and node.scope == stage.name:
            trunk, skip = (facts.inference.graph.types[name] for name in node.inputs)
            yield node, trunk.sides == skip.sides


def _check(facts: Facts) -> Iterator[Diagnostic]:
    found = [node for node, same in additions(facts) if not same]
    return warnings((facts.stage(node), _finding(facts, node)) for node in found)


def _finding(facts: Facts, node: Node) -> Diagnostic:
    from fishcompile.language.stage_graph import INPUT

    stage, tree = facts.stage(node), facts.tree
    types = facts.inference.graph.types
    trunk, skip = ("x".join(map(str, types[name].sides)) for name in node.inputs)
    source = stage.inputs[1].source
    related: tuple[Related, ...] = ()
    if source != INPUT:
        path = facts.stages.by_name[source].path
        related = (Related(tree.key_span(path), f"{source} gives a {skip} map"),)
    return Diagnostic(
        "FC507",
        f"transfer between different resolutions: {skip} from {source} to the {trunk} of {{}}",
        tree.value_span((*stage.path, "transfer", "from")),
        f"a {skip} map for a {trunk} trunk",
        related=related,
        notes=("one pixel is added to a whole map, which holds at this `input.size` alone",),
        help=(f"transfer from a stage whose map is {trunk}",),
    )


RULE = Rule(
    severity="warning",
    why=(
        "The stages of tail, body and head are numbered by resolution, and features of one "
        "resolution meet without any further sampling (Sun et al. 2018, as the "
        "article 'Understanding FishNet', section 1, tells it). Concatenation takes nothing else. "
        "Addition also takes a map of a single pixel, which it spreads over the other: that is a "
        "merge of different resolutions, and at the next input size it is an error."
    ),
    bad="""\
fishspec: 2
name: pixel
input: {size: 4}
defaults: {norm: none}
tail:
  tail1: {out: 64, blocks: 1}
  tail2: {out: 64, blocks: 1}
body:
  body1:
    blocks: 1
    merge: add
    up: none
    transfer: {from: tail1}  # expect: FC507 @ 22-27 "2x2 from tail1 to the 1x1 of body1"
""",
    good="""\
fishspec: 2
name: pixel
input: {size: 4}
defaults: {norm: none}
tail:
  tail1: {out: 64, blocks: 1}
  tail2: {out: 64, blocks: 1}
body:
  body1:
    blocks: 1
    transfer: {from: tail1}
""",
    check=_check,
)
