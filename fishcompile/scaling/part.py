"""Part: groups of a network whose widths meet in sums, so that their units are found together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import ceil, lcm

from fishcompile.reader.tree import Path
from fishcompile.scaling.groups import Check, Group
from fishcompile.scaling.lattice import steps
from fishcompile.scaling.reasons import Because, Bound, Choice, choices
from fishcompile.scaling.search import Search, Target, nearest
from fishcompile.scaling.wishes import Units, give_way


def coupled(numbers: Iterable[int], checks: Iterable[Check]) -> Iterator[list[int]]:
    """The groups by their numbers, those together that a check brings together."""
    of = {number: [number] for number in numbers}
    for check in checks:
        if check.couples:
            first, *rest = {id(of[number]): of[number] for number in check.factors}.values()
            for other in rest:
                first += other
                of |= dict.fromkeys(other, first)
    yield from {id(part): part for part in of.values()}.values()


class Part:
    """Some of the groups of a network, and the demands on them."""

    def __init__(
        self,
        members: Iterable[int],
        groups: Sequence[Group],
        exact: Mapping[int, Fraction],
        demands: Iterable[Check],
    ) -> None:
        """`members` are numbers of groups; `exact` are the products of their units."""
        # the smallest first: what comes last has the fewest numbers left, and is large enough
        self._order = sorted(members, key=lambda n: (exact[n] * max(groups[n].part.values()), n))
        self._groups = groups
        self._exact = exact
        inside = [one for one in demands if _touches(one, self._order)]
        self._bounds = {number: self._bound(number, inside) for number in self._order}
        self._demands = [one for one in inside if one.couples]

    def choices(self, wishes: Iterable[Check]) -> dict[Path, Choice]:
        """The widths of the groups, with as many of the wishes as go along."""
        exact = {number: self._exact[number] for number in self._order}
        parts = {number: max(self._groups[number].part.values()) for number in self._order}
        touching = [one for one in wishes if _touches(one, exact)]
        given = give_way(touching, exact, parts, self._solve)
        found: dict[Path, Choice] = {}
        for number in self._order:
            group, unit = self._groups[number], given.units[number]
            if unit == exact[number]:
                found |= {path: Choice(unit * group.part[path]) for path in group.paths}
                continue
            held = [*self._demands, *given.kept]
            because = Because(
                unit, held, given.lost, given.before.get(number), self._least(number, unit, held)
            )
            found |= choices(group, number, because)
        return found

    def _solve(self, wishes: Sequence[Check]) -> Units:
        """The nearest units that meet the demands and these wishes."""
        base = {number: self._groups[number].unit for number in self._order}
        if self._is_exact(wishes):
            return {number: int(self._exact[number]) for number in self._order}
        checks = [*self._demands, *wishes]
        sums = [
            ([check.factors.get(number, 0) for number in self._order], check.modulus)
            for check in checks
        ]
        targets = [
            Target(self._exact[n], self._bounds[n][0], len(self._groups[n].paths))
            for n in self._order
        ]
        search = Search(targets, steps(len(self._order), sums), self._fits)
        search.from_(list(base.values()))
        # What is left of the sums may be what the base leaves, or nothing, as multiples leave.
        if all(check.rest % check.modulus == 0 for check in checks):
            search.from_([0] * len(base))
        best = base if search.best is None else dict(zip(base, search.best, strict=True))
        return self._settled(best, checks)

    def _is_exact(self, wishes: Iterable[Check]) -> bool:
        units = {number: int(self._exact[number]) for number in self._order}
        if any(
            unit != self._exact[number] or unit < self._bounds[number][0]
            for number, unit in units.items()
        ):
            return False
        return all(one.holds(units) for one in (*self._demands, *wishes))

    def _fits(self, units: Sequence[int]) -> bool:
        by_number = dict(zip(self._order, units, strict=True))
        # the others hold for all that the lattice reaches
        return all(one.holds(by_number) for one in self._demands if one.is_difference)

    def _settled(self, units: Units, checks: Sequence[Check]) -> Units:
        """The units with each as near as it can be where the others stay as they are."""
        for number in self._order:
            step = lcm(*(one.step(number) for one in checks))
            near = nearest(self._exact[number], step, units[number] % step, self._bounds[number][0])
            moved = {**units, number: near}
            if self._fits(list(moved.values())):
                units = moved
        return units

    def _bound(self, number: int, demands: Iterable[Check]) -> tuple[int, Bound | None]:
        """The least unit that is enough for all demands, and the demand that says so."""
        group = self._groups[number]
        bounds = [
            Bound(one.demand.least / one.demand.width.base, one.demand)
            for one in demands
            if number in one.factors and not one.is_difference
        ]
        most = max(bounds, key=lambda bound: bound.share, default=None)
        return max(1, ceil(most.share * group.unit) if most else 1), most

    def _least(self, number: int, unit: int, checks: Iterable[Check]) -> str:
        """Why a unit is no smaller, where that is what keeps it from being nearer."""
        step = lcm(*(one.step(number) for one in checks))
        if unit <= nearest(self._exact[number], step, unit % step, -unit * step):
            return ""
        least, bound = self._bounds[number]
        return str(bound) if bound and least > 1 else "not 0"


def _touches(check: Check, numbers: Iterable[int]) -> bool:
    return any(number in check.factors for number in numbers)
