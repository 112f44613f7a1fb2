"""FC503: Inside the fish, the windows of a pooling are no larger than its stride."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fishcompile.diagnostics.finding import Diagnostic
from fishcompile.ops.avg_pool import AvgPool
from fishcompile.ops.max_pool import MaxPool
from fishcompile.rules.base import Rule
from fishcompile.rules.design import warnings, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fishcompile.analysis.facts import Facts
    from fishcompile.language.graph_spec import StageNode


def _check(facts: Facts) -> Iterator[Diagnostic]:
    return warnings(_found(facts))


def _found(facts: Facts) -> Iterator[tuple[StageNode, Diagnostic]]:
    for node in (*facts.inside(MaxPool), *facts.inside(AvgPool)):
        pool = node.op
        assert isinstance(pool, MaxPool | AvgPool)
        if pool.kernel_size > pool.stride:
            stage = facts.stage(node)
            span = written(facts.tree, stage, ("down", "kernel"), ("down", "stride"), ("down",))
            window = f"{pool.kernel_size}x{pool.kernel_size}"
            label = f"{window} windows, {pool.stride} apart"
            help_ = ("`down: max_pool` has 2x2 windows, 2 apart",)
            message = "overlapping pooling windows in {}"
            yield stage, Diagnostic("FC503", message, span, label, help=help_)


RULE = Rule(
    severity="warning",
    why=(
        "Where windows overlap, one pixel is the maximum of several of them, which blurs where "
        "it was. Of the samplings that the paper compares (Sun et al. 2018), 2x2 max pooling with "
        "stride 2 gave the best results, 3x3 with stride 2 worse ones: so the article "
        "'Understanding FishNet', section 3.4. The stem is not inside the fish: the released "
        "code's has a 3x3 pooling."
    ),
    bad="""\
fishspec: 2
name: overlap
tail:
  tail1:
    out: 64
    blocks: 1
    down: {kind: max_pool, kernel: 3, stride: 2}  # expect: FC503 @ 36-37 "3x3 windows, 2 apart"
""",
    good="""\
fishspec: 2
name: overlap
tail:
  tail1:
    out: 64
    blocks: 1
    down: {kind: max_pool, kernel: 2, stride: 2}
""",
    check=_check,
)
