"""Reasons in words: what keeps a scaled width from being the exact product."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from fishcompile.language.scaling.network import Demand
from fishcompile.tree import Path

AS_IN_THE_BASE = "as in the base"


@dataclass(frozen=True)
class Choice:
    """A scaled number, and why it is not exact; no reason where it is."""

    number: int
    reason: str = ""


@dataclass(frozen=True)
class Clause:
    """A width is a multiple of `step` for one demand, said in `text`.

    In a group of widths that scale together, the step is that of their common unit.
    """

    step: int
    text: str


@dataclass(frozen=True)
class Bound:
    """A width is at least this share of the base's, for the sake of a demand."""

    share: Fraction
    demand: Demand

    def __str__(self) -> str:
        if self.demand.divisor == 1:
            return f"the least that {self.demand.stage} can do with"
        return f"large enough for {self.demand.stage}, which divides by {self.demand.divisor}"


def clause(demand: Demand, path: Path) -> Clause:
    """What a demand means for one of the chosen widths that it depends on."""
    share = demand.width.parts[path]
    step = (share / demand.modulus).denominator
    target = f"a multiple of {demand.modulus}{' ' * bool(demand.what)}{demand.what}"
    if share == 1:
        own = not demand.what and path == demand.at
        return Clause(step, AS_IN_THE_BASE if own else f"{demand.stage} needs {target}")
    up, down = share.numerator, share.denominator
    each = "each channel becomes" if down == 1 else f"each {down} channels become"
    of_what = f", {target}" if demand.modulus > 1 else ""
    return Clause(step, f"{each} {up} in {demand.stage}{of_what}")


def decisive(clauses: Iterable[Clause]) -> list[str]:
    """The texts of a few clauses that together make the step what it is, the largest first."""
    told: list[str] = []
    reached = 1
    for one in sorted(clauses, key=lambda one: -one.step):
        if lcm(reached, one.step) > reached:
            reached = lcm(reached, one.step)
            told.append(one.text)
    return told


def multiple(step: int, offset: int) -> str:
    """What kind of number a width has to be."""
    if step == 1:
        return "a whole number"
    if offset % step:
        return f"{offset % step} more than a multiple of {step}"
    return f"multiple of {step}"


def because(kind: str, said: list[str]) -> str:
    """A reason from what kind of number it has to be and what says so."""
    if said[:1] == [AS_IN_THE_BASE]:
        kind, said = f"{kind}, {AS_IN_THE_BASE}", said[1:]
    return f"{kind}: {'; '.join(said)}" if said else kind
