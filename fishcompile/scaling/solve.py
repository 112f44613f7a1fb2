"""Scaled widths: for all chosen widths of a network the nearest numbers that it allows together.

What is asked of sums of widths is that they are multiples. The numbers that make them so are those
of a lattice (lattice.py), and among them the nearest to the exact products are searched
(search.py), with as many of the wishes as go along (wishes.py). Widths that meet in no sum are
found apart (part.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from fishcompile.reader.tree import Path
from fishcompile.scaling.groups import Check, Group, check, group
from fishcompile.scaling.network import Demand, Widths
from fishcompile.scaling.part import Part, coupled
from fishcompile.scaling.reasons import Choice
from fishcompile.scaling.wishes import wished


def solve(widths: Widths, factor: Fraction) -> dict[Path, Choice]:
    """The scaled number of each chosen width of a legal network, and why it is not exact."""
    groups = group(widths)
    demands = _checks(widths.demands, groups)
    wishes = _checks(wished(widths, factor), groups)
    exact = {number: one.unit * factor for number, one in enumerate(groups) if not one.pinned}
    found: dict[Path, Choice] = {}
    for members in coupled(exact, [*demands, *wishes]):
        found |= Part(members, groups, exact, demands).choices(wishes)
    for one in groups:
        for path, why in one.pinned.items():
            found[path] = Choice(widths.chosen[path], f"not scaled: {why}")
    return {path: found[path] for path in widths.chosen}


def _checks(demands: Iterable[Demand], groups: Sequence[Group]) -> list[Check]:
    """The demands on what scales, each once."""
    found: dict[object, Check] = {}
    for demand in demands:
        one = check(demand, groups)
        key = (*one.factors.items(), one.rest, one.over, demand.divisor, demand.multiple)
        if one.factors:
            found.setdefault(key, one)
    return list(found.values())
