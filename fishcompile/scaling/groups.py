"""Groups: chosen widths that scale together, each as so many of a unit; and what is asked of units.

A width of the network is then a sum of units with whole factors, all over a common divisor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd, lcm

from fishcompile.reader.tree import Path
from fishcompile.scaling.network import Demand, Tie, Widths
from fishcompile.scaling.width import Width


@dataclass
class Group:
    """Chosen widths that scale together: each is its own part of their greatest common divisor.

    `pinned` says of each why it cannot scale at all, where it is so.
    """

    paths: list[Path]
    ties: list[Tie] = field(default_factory=list)
    pinned: dict[Path, str] = field(default_factory=dict)
    unit: int = 1
    part: dict[Path, int] = field(default_factory=dict)


def group(widths: Widths) -> list[Group]:
    """The chosen widths, those together that a tie holds together, in the order of the data."""
    of = {
        path: Group([path], pinned={path: why} if (why := widths.pinned.get(path)) else {})
        for path in widths.chosen
    }
    for tie in widths.ties:
        apart = tie.one - tie.other
        if not apart.parts or (apart.fixed and not tie.hard):
            continue
        together = {id(of[path]): of[path] for path in apart.parts}
        first, *rest = together.values()
        for other in rest:
            first.paths += other.paths
            first.ties += other.ties
            first.pinned |= other.pinned
            of |= dict.fromkeys(other.paths, first)
        first.ties.append(tie)
        if apart.fixed:
            why = f"{tie.why}, and with it what is not scaled"
            first.pinned |= {path: why for path in apart.parts if path not in first.pinned}
    groups = list({id(one): one for one in of.values()}.values())
    for one in groups:
        one.unit = gcd(*(widths.chosen[path] for path in one.paths))
        one.part = {path: widths.chosen[path] // one.unit for path in one.paths}
        for path, why in [*one.pinned.items()][:1]:
            with_it = f"with {'.'.join(map(str, path))}: {why}"
            one.pinned |= {other: with_it for other in one.paths if other not in one.pinned}
    return groups


@dataclass(frozen=True)
class Check:
    """A demand on units: the sum of `factors` times the units, and `rest`, over `over`."""

    demand: Demand
    factors: dict[int, int]
    rest: int
    over: int

    @property
    def is_difference(self) -> bool:
        """Whether more of a unit may be less of what is demanded."""
        return min(self.factors.values()) < 0

    @property
    def couples(self) -> bool:
        """Whether its units depend on each other; else each has a least number."""
        return self.modulus > 1 or self.is_difference

    @property
    def modulus(self) -> int:
        """What the sum is always the same remainder of."""
        return self.over * self.demand.modulus

    def step(self, unit: int) -> int:
        """Of what steps one unit may be, where the others stay."""
        return self.modulus // gcd(self.modulus, self.factors.get(unit, 0))

    def holds(self, units: Mapping[int, int]) -> bool:
        """Whether units meet the demand."""
        total = self.rest + sum(factor * units[unit] for unit, factor in self.factors.items())
        return self.demand.holds(Fraction(total, self.over))


def check(demand: Demand, groups: Sequence[Group]) -> Check:
    """A demand as one on the units of the groups that scale; the others stay as they are."""
    rest, factors = demand.width.fixed, dict[int, Fraction]()
    for number, one in enumerate(groups):
        share = _share(demand.width, one)
        if one.pinned:
            rest += share * one.unit
        elif share:
            factors[number] = share
    over = lcm(rest.denominator, *(share.denominator for share in factors.values()))
    whole = {number: int(share * over) for number, share in factors.items()}
    return Check(demand, whole, int(rest * over), over)


def _share(width: Width, one: Group) -> Fraction:
    parts = (width.parts.get(path, Fraction(0)) * part for path, part in one.part.items())
    return sum(parts, Fraction(0))
