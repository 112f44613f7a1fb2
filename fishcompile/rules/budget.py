"""FC402: the network against the budget that its spec sets."""

from __future__ import annotations

from collections.abc import Iterator

from fishcompile.analysis.costs import Cost
from fishcompile.diagnostics import Diagnostic
from fishcompile.language.spec import BudgetSpec
from fishcompile.tree import Tree


def check_budget(total: Cost, budget: BudgetSpec, tree: Tree) -> Iterator[Diagnostic]:
    """Parameters and MACs above what the spec allows itself."""
    for key, have, limit in (
        ("parameters", total.parameters, budget.parameters),
        ("macs", total.macs, budget.macs),
    ):
        if limit is not None and have > limit:
            span = tree.value_span(("budget", key))
            label = f"{have - limit:,} too many"
            message = f"the network has {have:,} {key}, the budget is {limit:,}"
            help_ = ("raise the budget, or take blocks or width away",)
            yield Diagnostic("FC402", message, span, label, help=help_)
