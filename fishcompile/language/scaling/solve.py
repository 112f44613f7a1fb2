"""Scaled widths: for each chosen width the nearest number that all that depends on it allows.

A chosen width is a multiple of its step, the least that makes every demand hold whatever the other
widths are. Widths that are tied scale together: they stay multiples of their own parts of what they
have in common. A base's widths that scale exactly and hold together are left at that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor, gcd, lcm

from fishcompile.language.scaling.network import Demand, Tie, Widths
from fishcompile.language.scaling.reasons import (
    Bound,
    Choice,
    Clause,
    because,
    clause,
    decisive,
    multiple,
)
from fishcompile.tree import Path

EVEN = 8  # what accelerators like channels to be a multiple of


@dataclass
class _Group:
    """Chosen widths that scale together: each is its own part of their greatest common divisor.

    `pinned` says why they cannot scale at all, where it is so.
    """

    paths: list[Path]
    ties: list[Tie] = field(default_factory=list)
    pinned: str = ""


def solve(widths: Widths, factor: Fraction) -> dict[Path, Choice]:
    """The scaled number of each chosen width of a legal network, and why it is not exact."""
    demands = [*widths.demands, *_even(widths, factor)]
    exact = {path: number * factor for path, number in widths.chosen.items()}
    if _holds(exact, demands, widths.ties):
        return {path: Choice(int(number)) for path, number in exact.items()}
    clauses: dict[Path, list[Clause]] = {path: [] for path in exact}
    bounds: dict[Path, list[Bound]] = {path: [] for path in exact}
    for demand in demands:
        for path in demand.width.parts:
            asked = clause(demand, path)
            if asked.step > 1:
                clauses[path].append(asked)
            bounds[path].append(Bound(demand.least / demand.width.base, demand))
    groups = _groups(widths)
    kept = {path: widths.chosen[path] for group in groups if group.pinned for path in group.paths}
    # Sums of multiples are multiples; where what does not scale spoils them, or where the base has
    # no multiples either, numbers with the base's own remainders serve as well as the base's.
    ways = [True] if any(_rest(demand, kept) for demand in demands) else [False, True]
    found: list[dict[Path, Choice]] = []
    for shifted in ways:
        found.append({})
        for group in groups:
            found[-1] |= _choices(group, widths, factor, clauses, bounds, shifted=shifted)
    return min(found, key=lambda choices: _distance(choices, exact))


def nearest(number: Fraction, step: int, offset: int, least: int) -> int:
    """The nearest to `number` of those `offset` beyond a multiple of `step`, a half up."""
    lowest = offset + step * ceil(Fraction(least - offset, step))
    return max(lowest, offset + step * floor((number - offset) / step + Fraction(1, 2)))


def _even(widths: Widths, factor: Fraction) -> Iterable[Demand]:
    """That widths stay multiples of 8, 4 or 2, as the base's are.

    This is a wish: a step beyond a chosen width's exact product would move it by more than half.
    """
    for stage, width in widths.kept:
        even = gcd(EVEN, int(width.base))
        exact = {path: widths.chosen[path] * factor for path in width.parts}
        while even > 1 and any(
            (share / even).denominator > exact[path] for path, share in width.parts.items()
        ):
            even //= 2
        at = next(iter(width.parts)) if set(width.parts.values()) == {1} else ()
        own = len(width.parts) == 1 and not width.fixed
        yield Demand(width, stage, at if own else (), 1, even)


def _holds(values: Mapping[Path, Fraction], demands: Iterable[Demand], ties: Iterable[Tie]) -> bool:
    whole = all(value.denominator == 1 and value >= 1 for value in values.values())
    return (
        whole
        and all(demand.holds(demand.width.of(values)) for demand in demands)
        and all(tie.one.of(values) == tie.other.of(values) for tie in ties if tie.hard)
    )


def _distance(choices: Mapping[Path, Choice], exact: Mapping[Path, Fraction]) -> Fraction:
    """How far the choices are from the exact products, each measured by its own."""
    apart = (abs(choices[path].number - number) / number for path, number in exact.items())
    return sum(apart, Fraction(0))


def _rest(demand: Demand, kept: Mapping[Path, int]) -> bool:
    """Whether what does not scale of a width is itself not the multiple that is asked for."""
    parts = demand.width.parts.items()
    fixed = demand.width.fixed + sum(kept[path] * share for path, share in parts if path in kept)
    return (fixed / demand.modulus).denominator > 1


def _groups(widths: Widths) -> list[_Group]:
    """The chosen widths, those together that a tie holds together, in the order of the data."""
    of = {path: _Group([path]) for path in widths.chosen}
    for tie in widths.ties:
        apart = tie.one + tie.other.times(Fraction(-1))
        paths = [path for path, share in apart.parts.items() if share]
        if not paths or (apart.fixed and not tie.hard):
            continue
        together = {id(of[path]): of[path] for path in paths}
        first, *rest = together.values()
        for group in rest:
            first.paths += group.paths
            first.ties += group.ties
            first.pinned = first.pinned or group.pinned
            of |= dict.fromkeys(group.paths, first)
        first.ties.append(tie)
        if apart.fixed:
            first.pinned = tie.why
    return list({id(group): group for group in of.values()}.values())


def _choices(
    group: _Group,
    widths: Widths,
    factor: Fraction,
    clauses: Mapping[Path, list[Clause]],
    bounds: Mapping[Path, list[Bound]],
    *,
    shifted: bool,
) -> dict[Path, Choice]:
    old = {path: widths.chosen[path] for path in group.paths}
    if group.pinned:
        why = f"not scaled: {group.pinned}, and the input's channels are not scaled"
        return {path: Choice(number, why) for path, number in old.items()}
    unit = gcd(*old.values())
    part = {path: number // unit for path, number in old.items()}
    asked = {path: _of_unit(clauses[path], part[path]) for path in old}
    step = lcm(*(one.step for path in old for one in asked[path]))
    offset = unit % step if shifted else 0
    bound = max((one for path in old for one in bounds[path]), key=lambda one: one.share)
    least = max(1, ceil(bound.share * unit))
    number = nearest(unit * factor, step, offset, least)
    if number == unit * factor:
        return {path: Choice(number * part[path]) for path in old}
    more: list[str] = []
    if number != nearest(unit * factor, step, offset, -unit):
        more = [str(bound) if least > 1 else "not 0"]
    together = list(dict.fromkeys(tie.why for tie in group.ties))[:3]
    found: dict[Path, Choice] = {}
    for path in old:
        others = [
            Clause(one.step, f"{'.'.join(map(str, other))}: {one.text}")
            for other in old
            for one in asked[other]
            if other != path
        ]
        said = [*decisive([*asked[path], *others]), *more, *together]
        text = because(multiple(step * part[path], offset * part[path]), said)
        found[path] = Choice(number * part[path], text)
    return found


def _of_unit(clauses: Iterable[Clause], part: int) -> list[Clause]:
    """The clauses of a width as those of the unit that it has `part` times."""
    return [Clause(one.step // gcd(one.step, part), one.text) for one in clauses]
