"""FC402: The network has no more parameters and multiply-accumulates than its `budget` allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fishcompile.diagnostics.finding import Diagnostic
from fishcompile.rules.base import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fishcompile.analysis.facts import Facts


def _check(facts: Facts) -> Iterator[Diagnostic]:
    from fishcompile.analysis.costs import below

    total, budget = below(facts.costs, ""), facts.stages.budget
    for key, have, limit in (
        ("parameters", total.parameters, budget.parameters),
        ("macs", total.macs, budget.macs),
    ):
        if limit is not None and have > limit:
            span = facts.tree.value_span(("budget", key))
            label = f"{have - limit:,} too many"
            message = f"the network has {have:,} {key}, the budget is {limit:,}"
            help_ = ("raise the budget, or take blocks or width away",)
            yield Diagnostic("FC402", message, span, label, help=help_)


RULE = Rule(
    why=(
        "A budget is a promise to whoever deploys the network, and one changed number can break "
        "it unseen: parameters grow with the square of the width. Parameters are those that are "
        "trained, MACs those of one image at `input.size`, both counted on the primitive "
        "operations."
    ),
    bad="""\
fishspec: 2
name: small
input: {size: 32}
tail:
  tail1: {out: 64, blocks: 2}
budget: {parameters: 2k, macs: 1G}  # expect: FC402 @ 22-24 "parameters, the budget is 2,000"
""",
    good="""\
fishspec: 2
name: small
input: {size: 32}
tail:
  tail1: {out: 64, blocks: 2}
budget: {parameters: 20k, macs: 1G}
""",
    check=_check,
    whole=True,
)
