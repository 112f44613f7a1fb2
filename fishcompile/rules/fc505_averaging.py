"""FC505: Inside the fish, maps are not sampled down by averaging."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fishcompile.diagnostics.finding import Diagnostic
from fishcompile.ops.avg_pool import AvgPool
from fishcompile.rules.base import Rule
from fishcompile.rules.design import warnings, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fishcompile.analysis.facts import Facts
    from fishcompile.language.graph_spec import StageNode


def _check(facts: Facts) -> Iterator[Diagnostic]:
    stages = [facts.stage(node) for node in facts.inside(AvgPool)]
    return warnings((stage, _finding(facts, stage)) for stage in stages)


def _finding(facts: Facts, stage: StageNode) -> Diagnostic:
    return Diagnostic(
        "FC505",
        "averaging as down-sampling in {}",
        written(facts.tree, stage, ("down", "kind"), ("down",)),
        "averages each window",
        help=("`down: max_pool` keeps each window's strongest response",),
    )


RULE = Rule(
    severity="warning",
    why=(
        "An average is a convolution with fixed weights: it mixes the pixels of a window, where "
        "a maximum keeps one. Of the samplings that the paper compares (Sun et al. 2018), 2x2 "
        "max pooling gave better results than averages: of 3x3, says the article 'Understanding "
        "FishNet', section 3.4, of 2x2, say notes on the paper. The classifier's global average is "
        "none of these."
    ),
    bad="""\
fishspec: 2
name: averaging
defaults:
  tail: {down: avg_pool}  # expect: FC505 @ 16-24 "down-sampling in tail1 and tail2"
tail:
  tail1: {out: 64, blocks: 1}
  tail2: {out: 128, blocks: 1}
""",
    good="""\
fishspec: 2
name: averaging
defaults:
  tail: {down: max_pool}
tail:
  tail1: {out: 64, blocks: 1}
  tail2: {out: 128, blocks: 1}
""",
    check=_check,
)
