"""FC501: Outside the tail, no shortcut has a convolution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fishcompile.diagnostics.finding import Diagnostic, Related
from fishcompile.ops.conv import Conv
from fishcompile.rules.base import Rule
from fishcompile.rules.design import warnings, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fishcompile.analysis.facts import Facts
    from fishcompile.language.graph_spec import StageNode


def outside_the_tail(facts: Facts) -> Iterator[tuple[StageNode, str, Conv]]:
    """The I-convs of bridge, body and head: their stage, their name, and the convolution."""
    from fishcompile.language.spec import StageSpec

    for node in facts.inside(Conv):
        stage = facts.stage(node)
        in_tail = isinstance(stage.config, StageSpec) and stage.config.section == "tail"
        if not in_tail and facts.costs[node.name].isolated and isinstance(node.op, Conv):
            yield stage, node.name, node.op


def _check(facts: Facts) -> Iterator[Diagnostic]:
    found = outside_the_tail(facts)
    return warnings((stage, _finding(facts, stage, name, conv)) for stage, name, conv in found)


def _finding(facts: Facts, stage: StageNode, name: str, conv: Conv) -> Diagnostic:
    tree, out = facts.tree, (*stage.path, "out")
    span = written(tree, stage, ("shortcut",), ("out",))
    widths = f"from {conv.in_channels} to {conv.out_channels} channels"
    related: tuple[Related, ...] = ()
    if out in tree.places and tree.value_span(out) != span:
        related = (Related(tree.value_span(out), "to this width"),)
    return Diagnostic(
        "FC501",
        "isolated convolution on the shortcut of {}",
        span,
        f"a {conv.kernel_size}x{conv.kernel_size} convolution {widths}",
        related=related,
        notes=(f"the I-conv is {name}; no gradient passes it unchanged",),
        help=_ways_out(stage, conv),
    )


def _ways_out(stage: StageNode, conv: Conv) -> tuple[str, ...]:
    """Shortcuts without weights that give the same width, if there are any."""
    from fishcompile.language.spec import StageSpec

    if not isinstance(stage.config, StageSpec):
        return (f"a {stage.name} cannot be built without it: accept it in a comment, with reason",)
    ways = ["`shortcut: identity` keeps the channels as they are"]
    if conv.in_channels % conv.out_channels == 0:
        k = conv.in_channels // conv.out_channels
        ways.insert(0, f"`shortcut: reduce` with `k: {k}` sums channels instead, without `out`")
    elif conv.out_channels % conv.in_channels == 0:
        k = conv.out_channels // conv.in_channels
        ways.insert(0, f"`shortcut: duplicate` with `k: {k}` repeats channels, without `out`")
    return tuple(ways)


RULE = Rule(
    severity="warning",
    why=(
        "A convolution on a shortcut, an isolated convolution or I-conv, stands between the "
        "gradient and every layer before it: nothing bypasses it. The released FishNet "
        "has I-convs where the tail widens and in its bridge, and in body and head none: r(x) sums "
        "channels where the width shrinks, and identity keeps it elsewhere. That is the paper's "
        "aim (Sun et al. 2018), as the article 'Understanding FishNet', section 3.2, tells it."
    ),
    bad="""\
fishspec: 2
name: isolated
tail:
  tail1: {out: 64, blocks: 1}
  tail2: {out: 128, blocks: 1}
body:
  body1:
    shortcut: project  # expect: FC501 @ 15-22 "shortcut of body1" "from 128 to 64 channels"
    out: 64
    blocks: 1
    transfer: {from: tail1}
""",
    good="""\
fishspec: 2
name: isolated
tail:
  tail1: {out: 64, blocks: 1}
  tail2: {out: 128, blocks: 1}
body:
  body1:
    shortcut: reduce
    k: 2
    blocks: 1
    transfer: {from: tail1}
""",
    check=_check,
)
