"""Wishes: widths stay multiples of 8, 4 or 2, as the base's are, unless that moves one far.

Where a width would be moved by more than a tenth of its exact product, the wishes for widths that
follow from it are halved, the greatest first, until it comes nearer. That a chosen width is a
multiple itself moves it by half of 8 at most; it gives way where more than that is at stake, as for
widths that scale together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import gcd

from fishcompile.scaling.groups import Check
from fishcompile.scaling.network import Demand, Widths

EVEN = 8  # what accelerators like channels to be a multiple of
FAR = Fraction(1, 10)

Units = dict[int, int]


def wished(widths: Widths, factor: Fraction) -> Iterator[Demand]:
    """That the widths that are kept even stay so.

    A step beyond a chosen width's exact product would move it by more than half.
    """
    for stage, width in widths.kept:
        even = gcd(EVEN, int(width.base))
        exact = {path: widths.chosen[path] * factor for path in width.parts}
        while even > 1 and any(
            (share / even).denominator > exact[path] for path, share in width.parts.items()
        ):
            even //= 2
        own = set(width.parts.values()) == {1} and len(width.parts) == 1 and not width.fixed
        if even > 1:
            yield Demand(width, stage, next(iter(width.parts)) if own else (), 1, even)


@dataclass
class Given:
    """Units, the wishes that hold for them, and what gave way: of a unit what it would be else."""

    units: Units
    kept: list[Check]
    lost: list[Check] = field(default_factory=list)
    before: Units = field(default_factory=dict)


def give_way(
    wishes: Sequence[Check],
    exact: Mapping[int, Fraction],
    parts: Mapping[int, int],
    solve: Callable[[Sequence[Check]], Units],
) -> Given:
    """The units that `solve` finds with as many of the wishes as leave none far from exact.

    `parts` says how often the largest width has each unit.
    """
    levels = list(wishes)
    found = Given(solve(levels), levels)
    settled: set[int] = set()

    def away(units: Units, number: int) -> Fraction:
        return abs(units[number] - exact[number]) / exact[number]

    while True:
        far = [n for n in exact if away(found.units, n) > FAR and n not in settled]
        if not far:
            break
        number = max(far, key=lambda n: away(found.units, n))
        settled.add(number)
        if parts[number] * abs(found.units[number] - exact[number]) <= EVEN // 2:
            continue  # as near as multiples of 8 are
        trial = found.kept
        while (lower := _halved(trial, number)) is not None:
            trial = lower
            units = solve(trial)
            if away(units, number) < away(found.units, number):
                moved = {n: unit for n, unit in found.units.items() if units[n] != unit}
                found.before = {**moved, **found.before}
                found.units, found.kept = units, trial
                settled.discard(number)
                break
    found.lost = [wish for wish in wishes if not wish.holds(found.units)]
    found.kept = [
        wish if wish.holds(found.units) else kept
        for wish, kept in zip(wishes, found.kept, strict=True)
    ]
    return found


def _halved(wishes: Sequence[Check], number: int) -> list[Check] | None:
    """The wishes with those halved that come first of what holds a unit, if any does."""
    holding = [wish for wish in wishes if _holds_back(wish, number)]
    if not holding:
        return None
    first = max(holding, key=_rank)
    return [
        replace(wish, demand=replace(wish.demand, multiple=wish.demand.multiple // 2))
        if _holds_back(wish, number) and _rank(wish) == _rank(first)
        else wish
        for wish in wishes
    ]


def _holds_back(wish: Check, number: int) -> bool:
    return wish.demand.multiple > 1 and wish.step(number) > 1


def _rank(wish: Check) -> tuple[int, bool]:
    """The greatest first, and of those the widths that follow before those chosen themselves."""
    return wish.demand.multiple, not wish.demand.at
