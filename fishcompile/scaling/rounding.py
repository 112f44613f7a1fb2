"""Rounding: the chosen widths of a network times a factor, made legal.

What is asked of sums of widths is that they are multiples. The units that make them so are those of
a lattice (lattice.py): one after the other goes to the nearest that the others leave to it, and the
largest last, so that it makes up for all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import ceil, floor, lcm

from fishcompile.record import record
from fishcompile.scaling.constraints import Constraints, Divisibility
from fishcompile.scaling.groups import Check, Group, checks, coupled
from fishcompile.scaling.lattice import steps

EVEN = 8  # what accelerators like channels to be a multiple of
FAR = Fraction(1, 10)  # a width that is moved by more is not kept even for it
# Of groups that make up for each other: of more, each is a multiple by itself.
MAX_TOGETHER = 100
MAX_TRIALS = 500  # of softer constraints
MAX_PUSHES = 1_000

Units = dict[int, int]


@dataclass
class Rounded:
    """A unit, the checks that made it what it is, and those that gave way.

    `bound` is the hard constraint for which it is no smaller.
    """

    unit: int
    held: list[Check] = field(default_factory=list)
    lost: list[Check] = field(default_factory=list)
    bound: Check | None = None


def rounded(found: Constraints, groups: Sequence[Group], factor: Fraction) -> dict[int, Rounded]:
    """The scaled units of the groups that scale, by the numbers of the groups."""
    hard = checks(found.divisible, groups)
    soft = checks(_even(found, factor), groups)
    made: dict[int, Rounded] = {}
    for members in coupled(groups, [*hard, *soft]):
        # the smallest first: what comes last makes up for the others, and is large enough
        members.sort(key=lambda n: (groups[n].exact * groups[n].largest, n))
        ours, soft_ones = (
            [one for one in each if one.factors.keys() & set(members)] for each in (hard, soft)
        )
        made |= Part({number: groups[number] for number in members}, ours).rounded(soft_ones)
    _push_apart(made, hard)
    return made


@record
class Part:
    """Groups whose widths meet in sums, so that their units are found together."""

    groups: Mapping[int, Group]
    hard: Sequence[Check]

    def rounded(self, soft: list[Check]) -> dict[int, Rounded]:
        """The units, with what is soft given way where it would move a width far."""
        kept, settled = soft, set[int]()
        units, trials = self._units(soft), 0
        while far := [n for n in units if n not in settled and self._is_far(n, units[n])]:
            number = max(far, key=lambda n: self._away(n, units[n]))
            settled.add(number)
            trial = kept
            while trials < MAX_TRIALS and (lower := _halved(trial, number)) is not None:
                trials += 1
                trial, moved = lower, self._units(lower)
                if self._away(number, moved[number]) < self._away(number, units[number]):
                    units, kept = moved, trial
                    settled.discard(number)
                    break
        lost = [one for one in soft if not one.holds(units)]
        held = [*self.hard, *(one for one in soft if one not in lost), *kept]
        return {n: self._why(n, unit, held, lost) for n, unit in units.items()}

    def _units(self, soft: Sequence[Check]) -> Units:
        """Each unit as near as the sums allow that it is in, which those after it make up for."""
        exact = {n: int(each.exact) for n, each in self.groups.items()}
        asked = [*self.hard, *soft]
        if all(each.exact == exact[n] for n, each in self.groups.items()) and all(
            one.holds(exact) for one in asked
        ):
            return exact
        if len(exact) > MAX_TOGETHER:
            each = [lcm(*(one.step(n) for one in asked if n in one.factors)) for n in exact]
            rows = [[step * (i == j) for j in range(len(each))] for i, step in enumerate(each)]
        else:
            sums = [([one.factors.get(n, 0) for n in exact], one.modulus) for one in asked]
            rows = steps(len(exact), sums)
        origins = [{n: each.unit for n, each in self.groups.items()}]
        # what is left of the sums may be what the base leaves, or nothing, as multiples leave
        if all(one.rest % one.modulus == 0 for one in asked):
            origins.append(dict.fromkeys(exact, 0))
        found = [self._near(origin, rows) for origin in origins]
        return min(found, key=lambda units: sum(self._away(n, units[n]) ** 2 for n in units))

    def _near(self, units: Units, rows: Sequence[Sequence[int]]) -> Units:
        order = list(units)
        for i, (number, row) in enumerate(zip(order, rows, strict=True)):
            old = units[number]
            new = nearest(self.groups[number].exact, row[i], old, self._bound(number)[0])
            for other, step in zip(order, row, strict=True):
                units[other] += step * (new - old) // row[i]
        return units

    def _away(self, number: int, unit: int) -> Fraction:
        return abs(unit / self.groups[number].exact - 1)

    def _is_far(self, number: int, unit: int) -> bool:
        """Whether a unit is moved by more than a tenth, and by more than multiples of 8 move it."""
        each = self.groups[number]
        far = each.largest * abs(unit - each.exact) > EVEN // 2
        return far and self._away(number, unit) > FAR

    def _bound(self, number: int) -> tuple[int, Check | None]:
        """The least unit that is enough for all constraints, and that which says so."""
        mine = [one for one in self.hard if number in one.factors and not one.is_difference]
        most = max(mine, key=lambda one: one.share, default=None)
        return max(1, ceil(most.share * self.groups[number].unit) if most else 1), most

    def _why(self, number: int, unit: int, held: list[Check], lost: list[Check]) -> Rounded:
        step = lcm(*(one.step(number) for one in held))
        least, bound = self._bound(number)
        free = nearest(self.groups[number].exact, step, unit % step, -unit * step)
        return Rounded(unit, held, lost, bound if unit > free and least > 1 else None)


def nearest(number: Fraction, step: int, offset: int, least: int) -> int:
    """The nearest to `number` of those `offset` beyond a multiple of `step`, a half up."""
    lowest = offset + step * ceil(Fraction(least - offset, step))
    return max(lowest, offset + step * floor((number - offset) / step + Fraction(1, 2)))


def _halved(soft: list[Check], number: int) -> list[Check] | None:
    """The soft checks with the greatest halved of those that hold a unit, if any does."""
    holding = [one.asked.multiple for one in soft if one.step(number) > 1]
    if max(holding, default=1) == 1:
        return None
    return [
        replace(one, asked=replace(one.asked, multiple=one.asked.multiple // 2))
        if one.asked.multiple == max(holding) and one.step(number) > 1
        else one
        for one in soft
    ]


def _push_apart(made: dict[int, Rounded], hard: list[Check]) -> None:
    """Makes what is to stay more than something else more, where rounding made it none."""
    apart = [one for one in hard if one.is_difference]
    for _ in range(MAX_PUSHES):
        units = {number: one.unit for number, one in made.items()}
        wrong = next((one for one in apart if not one.holds(units)), None)
        if wrong is None:
            return
        number = next(n for n, factor in wrong.factors.items() if factor > 0)
        made[number].unit += lcm(*(one.step(number) for one in made[number].held))
        made[number].bound = wrong


def _even(found: Constraints, factor: Fraction) -> Iterator[Divisibility]:
    """What is to stay even: no step beyond an exact product, which would move it by half."""
    for one in found.even:
        even, shares = one.multiple, one.width.parts.items()
        while even > 1 and any(
            (share / even).denominator > found.chosen[path] * factor for path, share in shares
        ):
            even //= 2
        if even > 1:
            yield replace(one, multiple=even)
