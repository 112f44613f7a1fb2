"""FC504: Inside the fish, maps are not sampled down by a strided convolution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fishcompile.diagnostics.finding import Diagnostic
from fishcompile.ops.conv import Conv
from fishcompile.rules.base import Rule
from fishcompile.rules.design import warnings, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fishcompile.analysis.facts import Facts
    from fishcompile.language.graph_spec import StageNode


def strided(facts: Facts) -> Iterator[tuple[StageNode, str]]:
    """The strided convolutions inside the fish: their stage and their name."""
    for node in facts.inside(Conv):
        if isinstance(node.op, Conv) and node.op.stride > 1:
            yield facts.stage(node), node.name


def _check(facts: Facts) -> Iterator[Diagnostic]:
    return warnings((stage, _finding(facts, stage)) for stage, _ in strided(facts))


def _finding(facts: Facts, stage: StageNode) -> Diagnostic:
    return Diagnostic(
        "FC504",
        "strided convolution as down-sampling in {}",
        written(facts.tree, stage, ("down", "kind"), ("down",)),
        "no gradient passes it unchanged",
        help=("`down: max_pool` has no weights",),
    )


RULE = Rule(
    severity="warning",
    why=(
        "A stage's sampling stands behind its shortcuts, so a convolution there is one that the "
        "gradient cannot bypass. Of the samplings that the paper compares (Sun et al. 2018), 2x2 "
        "max pooling gave better results than a stride in a stage's last convolution: so the "
        "article 'Understanding FishNet', section 3.4. In the released code that would be a block "
        "of stride 2, as specs/fishnet150_strided_conv.yaml has it; `strided_conv` is a "
        "convolution more, in no code of theirs."
    ),
    bad="""\
fishspec: 2
name: strided
tail:
  tail1:
    out: 64
    blocks: 1
    down: strided_conv  # expect: FC504 @ 11-23 "strided convolution as down-sampling in tail1"
""",
    good="""\
fishspec: 2
name: strided
tail:
  tail1:
    out: 64
    blocks: 1
    down: max_pool
""",
    check=_check,
)
