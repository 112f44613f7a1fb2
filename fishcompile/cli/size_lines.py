"""The lines of `show --sizes`: which images a network takes, and what stops the next ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fishcompile.analysis.size_words import pattern
from fishcompile.analysis.sizes import Sizes, sizes

if TYPE_CHECKING:
    from fishcompile.ir.graph import Graph


def size_lines(graph: Graph) -> list[str]:
    """The rule of a network's sizes first, then why it is no wider."""
    found = sizes(graph)
    if found is None:
        return ["sizes: none, up to sides of 65,536"]
    rule = pattern(found)
    lines = [f"sizes: {rule}"]
    if not found.proven:
        lines = [f"sizes: {rule}; beyond {found.until - 1} nothing is proven"]
    lines += [f"  {name} has to have {pixels} pixels" for name, pixels in found.fixed]
    lines += [f"  {name} may not be one pixel, for group norm" for name in found.pixels[:1]]
    after = range(rule.start + 1, rule.start + found.period)
    outside = [side for side in (rule.start - 1, *after) if side and not found.holds(side)]
    for side in outside[:1] if rule.start > 1 else [*outside[:1]]:
        lines.append(_refused(found, side))
    later = [side for side in outside if side > rule.start]
    lines += [_refused(found, side) for side in later[:1] if side != outside[0]]
    if found.norms:
        lines.append(_training(found))
    return lines


def _refused(found: Sizes, side: int) -> str:
    refusal = found.flow.refusal(side)
    assert refusal is not None
    node, error = refusal
    return f"  {side} is refused at {node.name}: {error.message}"


def _training(found: Sizes) -> str:
    side, name = found.trains_from()
    if side is None:
        return f"  one image never trains: {name} is one pixel, for batch norm"
    if not name:
        return "  one image trains at each of them"
    return f"  one image trains from {side}: below, {name} is one pixel, for batch norm"
