"""FC508: A merge concatenates trunk and skip; it does not add them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fishcompile.diagnostics.finding import Diagnostic
from fishcompile.rules.base import Rule
from fishcompile.rules.design import warnings, written
from fishcompile.rules.fc507_broadcast_merge import additions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fishcompile.analysis.facts import Facts
    from fishcompile.language.graph_spec import StageNode


def _check(facts: Facts) -> Iterator[Diagnostic]:
    # different sides are FC507's, and concatenation would be no way out of that
    stages = [facts.stage(node) for node, same in additions(facts) if same]
    return warnings((stage, _finding(facts, stage)) for stage in stages)


def _finding(facts: Facts, stage: StageNode) -> Diagnostic:
    return Diagnostic(
        "FC508",
        "additive merge in {}: neither trunk nor skip is preserved",
        written(facts.tree, stage, ("merge",)),
        "sums trunk and skip",
        help=("`merge: concat` keeps both",),
    )


RULE = Rule(
    severity="warning",
    why=(
        "FishNet preserves and refines: what the tail found is kept beside what the body found, "
        "and later stages read both. A sum keeps neither. The released code "
        "concatenates, and so does the paper (Sun et al. 2018), as the article 'Understanding "
        "FishNet', section 2.2, tells it."
    ),
    bad="""\
fishspec: 2
name: additive
tail:
  tail1: {out: 64, blocks: 1}
  tail2: {out: 64, blocks: 1}
body:
  body1:
    blocks: 1
    up: nearest
    merge: add  # expect: FC508 @ 12-15 "additive merge in body1"
    transfer: {from: tail1}
""",
    good="""\
fishspec: 2
name: additive
tail:
  tail1: {out: 64, blocks: 1}
  tail2: {out: 64, blocks: 1}
body:
  body1:
    blocks: 1
    up: nearest
    merge: concat
    transfer: {from: tail1}
""",
    check=_check,
)
