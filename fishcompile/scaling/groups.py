"""Groups: chosen widths that scale together, each as so many of a unit; and what is asked of units.

A width of the network is then a sum of units with whole factors, all over a common divisor.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import gcd, lcm

from fishcompile.reader.tree import Path
from fishcompile.scaling.constraints import Constraints, Divisibility, Equality


@dataclass
class Group:
    """Chosen widths that scale together: each is its own part of their greatest common divisor.

    `pinned` says of each why it cannot scale at all, where it is so.
    """

    paths: list[Path]
    equal: list[Equality] = field(default_factory=list)
    pinned: dict[Path, str] = field(default_factory=dict)
    unit: int = 1
    part: dict[Path, int] = field(default_factory=dict)


@dataclass(frozen=True)
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
        return self.over * self.asked.modulus

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
        parts = total // self.over // self.asked.divisor
        return total % self.over == 0 and parts >= 1 and parts % self.asked.multiple == 0


def group(found: Constraints) -> list[Group]:
    """The chosen widths, those together that an equality holds together, in the order of data."""
    pinned = found.pinned
    of = {
        path: Group([path], pinned={path: pinned[path]} if path in pinned else {})
        for path in found.chosen
    }
    hard = {one.apart.key for one in found.equal if one.is_hard}
    for one in found.equal:
        apart = one.apart
        if not one.is_hard and (apart.fixed or apart.key in hard):
            continue
        first, *rest = {id(of[path]): of[path] for path in apart.parts}.values()
        for other in rest:
            first.paths += other.paths
            first.equal += other.equal
            first.pinned |= other.pinned
            of |= dict.fromkeys(other.paths, first)
        first.equal.append(one)
        if apart.fixed:
            why = f"{one.why}, and with it what is not scaled"
            first.pinned |= {path: why for path in apart.parts if path not in first.pinned}
    groups = list({id(one): one for one in of.values()}.values())
    for each in groups:
        each.unit = gcd(*(found.chosen[path] for path in each.paths))
        each.part = {path: found.chosen[path] // each.unit for path in each.paths}
        for path, why in [*each.pinned.items()][:1]:
            with_it = f"with {'.'.join(map(str, path))}: {why}"
            each.pinned |= {other: with_it for other in each.paths if other not in each.pinned}
    return groups


def checks(asked: Iterable[Divisibility], groups: Sequence[Group]) -> list[Check]:
    """What is asked of units, each once; what does not scale stays as it is."""
    of = {path: number for number, each in enumerate(groups) for path in each.paths}
    found: dict[object, Check] = {}
    for one in asked:
        rest, shares = one.width.fixed, dict[int, Fraction]()
        for path, share in one.width.parts.items():
            number, part = of[path], groups[of[path]].part[path]
            if groups[number].pinned:
                rest += share * part * groups[number].unit
            else:
                shares[number] = shares.get(number, Fraction(0)) + share * part
        shares = {number: share for number, share in shares.items() if share}
        over = lcm(rest.denominator, *(share.denominator for share in shares.values()))
        factors = {number: int(share * over) for number, share in shares.items()}
        base = rest + sum(share * groups[number].unit for number, share in shares.items())
        key = (*factors.items(), int(rest * over), over, one.divisor, one.multiple)
        if factors:
            share = one.divisor * one.multiple / base
            found.setdefault(key, Check(one, factors, int(rest * over), over, share))
    return list(found.values())
