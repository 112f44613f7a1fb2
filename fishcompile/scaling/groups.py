"""Groups: chosen widths that scale together, each as so many of a unit; and what is asked of units.

A width of the network is then a sum of units with whole factors, all over a common divisor.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import gcd, lcm

from fishcompile.reader.tree import Path
from fishcompile.record import record
from fishcompile.scaling.constraints import Constraints, Divisibility


@dataclass
class Group:
    """Chosen widths that scale together by a factor, each so many units.

    `pinned` says why they cannot scale, where it is so.
    """

    widths: dict[Path, int]
    factor: Fraction
    pinned: str = ""

    @cached_property
    def unit(self) -> int:
        """The greatest common divisor of the widths."""
        return gcd(*self.widths.values())

    @cached_property
    def exact(self) -> Fraction:
        """The product of the unit."""
        return self.unit * self.factor

    @cached_property
    def largest(self) -> int:
        """How many units the largest width is."""
        return max(self.widths.values()) // self.unit


@record
class Check:
    """A divisibility of units: the sum of `factors` times the units, and `rest`, over `over`.

    `share` is that of the base's width which is enough.
    """

    asked: Divisibility
    factors: dict[int, int]
    rest: int
    over: int
    share: Fraction

    @property
    def modulus(self) -> int:
        """What the sum is always the same remainder of."""
        return self.over * self.asked.multiple

    @cached_property
    def is_difference(self) -> bool:
        """Whether more of a unit may be less of what is asked for."""
        return min(self.factors.values()) < 0

    def step(self, unit: int) -> int:
        """Of what steps one unit may be, where the others stay."""
        return self.modulus // gcd(self.modulus, self.factors.get(unit, 0))

    def holds(self, units: Mapping[int, int]) -> bool:
        """Whether units meet it."""
        total = self.rest + sum(factor * units[unit] for unit, factor in self.factors.items())
        return total % self.modulus == 0 and total >= self.over * self.asked.least


def group(found: Constraints, factor: Fraction) -> list[Group]:
    """The chosen widths, those together that an equality holds together, in the order of data."""
    of = {
        path: Group({path: width}, factor, found.pinned.get(path, ""))
        for path, width in found.chosen.items()
    }
    hard = {one.apart.key for one in found.equal if one.is_hard}
    for one in found.equal:
        apart = one.apart
        if not one.is_hard and (apart.fixed or apart.key in hard):
            continue
        first, *rest = {id(of[path]): of[path] for path in apart.parts}.values()
        for other in rest:
            first.widths |= other.widths
            first.pinned = first.pinned or other.pinned
            of |= dict.fromkeys(other.widths, first)
        if apart.fixed:
            first.pinned = first.pinned or f"goes with what does not scale in {one.stage}"
    return list({id(one): one for one in of.values()}.values())


def checks(asked: Iterable[Divisibility], groups: Sequence[Group]) -> list[Check]:
    """What is asked of units, each once; what does not scale stays as it is."""
    of = {path: number for number, each in enumerate(groups) for path in each.widths}
    found: dict[object, Check] = {}
    for one in asked:
        rest, shares = one.width.fixed, dict[int, Fraction]()
        for path, share in one.width.parts.items():
            number, its = of[path], groups[of[path]]
            if its.pinned:
                rest += share * its.widths[path]
            else:
                units = share * its.widths[path] / its.unit
                shares[number] = shares.get(number, Fraction(0)) + units
        shares = {number: share for number, share in shares.items() if share}
        over = lcm(rest.denominator, *(share.denominator for share in shares.values()))
        factors = {number: int(share * over) for number, share in shares.items()}
        base = rest + sum(share * groups[number].unit for number, share in shares.items())
        key = (*factors.items(), int(rest * over), over, one.multiple, one.least)
        if factors:
            share = one.least / base
            found.setdefault(key, Check(one, factors, int(rest * over), over, share))
    return list(found.values())


def coupled(groups: Sequence[Group], checks: Iterable[Check]) -> list[list[int]]:
    """The groups that scale, by their numbers, those together that a check brings together."""
    of = {number: [number] for number, each in enumerate(groups) if not each.pinned}
    for check in checks:
        first, *rest = {id(of[number]): of[number] for number in check.factors}.values()
        for other in rest:
            first += other
            of |= dict.fromkeys(other, first)
    return list({id(part): part for part in of.values()}.values())
