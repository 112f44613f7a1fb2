"""Reasons in words: what keeps a scaled width from being the exact product."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from fishcompile.reader.tree import Path
from fishcompile.scaling.groups import Check, Group
from fishcompile.scaling.network import Demand

AS_IN_THE_BASE = "as in the base"
_MOST = 3  # reasons of one kind that are told


@dataclass(frozen=True)
class Choice:
    """A scaled number, and why it is not exact; no reason where it is."""

    number: int
    reason: str = ""


@dataclass(frozen=True)
class Clause:
    """A width is a multiple of `step` for one demand, said in `text`.

    In a group of widths that scale together, the step is that of their common unit, and the others
    stay as they are.
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


@dataclass(frozen=True)
class Because:
    """What holds a group at the unit that it has: `checks` hold, and `lost` are what gave way.

    `bound` is told where it is the least that does, and `before` is the unit that it would have if
    nothing had given way.
    """

    unit: int
    checks: Sequence[Check]
    lost: Sequence[Check] = ()
    before: int | None = None
    bound: str = ""


def choices(group: Group, number: int, because: Because) -> dict[Path, Choice]:
    """The widths of a group, which is the one of that number, and their reasons."""
    held = [one for one in because.checks if one.step(number) > 1]
    step = lcm(*(one.step(number) for one in held))
    clauses = {path: _clauses(path, number, held) for path in group.paths}
    together = list(dict.fromkeys(tie.why for tie in group.ties))[:_MOST]
    found: dict[Path, Choice] = {}
    for path in group.paths:
        others = [
            Clause(one.step, f"{'.'.join(map(str, other))}: {one.text}")
            for other in group.paths
            for one in clauses[other]
            if other != path
        ]
        said = _decisive([*clauses[path], *others])
        said += [because.bound] if because.bound else []
        part = group.part[path]
        text = _because(_multiple(step * part, because.unit * part), [*said, *together])
        found[path] = Choice(because.unit * part, text + _instead(number, part, because))
    return found


def _clauses(path: Path, number: int, checks: Iterable[Check]) -> list[Clause]:
    """What demands mean for one of the chosen widths that they depend on."""
    return [
        Clause(one.step(number), _text(one.demand, path))
        for one in checks
        if path in one.demand.width.parts
    ]


def _text(demand: Demand, path: Path) -> str:
    width = demand.width
    share = width.parts[path]
    target = f"a multiple of {demand.modulus}{' ' * bool(demand.what)}{demand.what}"
    # what is a sum is a multiple as a whole
    in_all = "in all " if len(width.parts) > 1 or width.fixed else ""
    if share == 1:
        if not demand.what and path == demand.at:
            return AS_IN_THE_BASE
        return f"{demand.stage} needs {in_all}{target}"
    up, down = share.numerator, share.denominator
    each = "each channel becomes" if down == 1 else f"each {down} channels become"
    of_what = f", {in_all}{target}" if demand.modulus > 1 else ""
    return f"{each} {up} in {demand.stage}{of_what}"


def _decisive(clauses: Iterable[Clause]) -> list[str]:
    """The texts of a few clauses that together make the step what it is, the largest first."""
    told: list[str] = []
    reached = 1
    for one in sorted(clauses, key=lambda one: -one.step):
        if lcm(reached, one.step) > reached:
            reached = lcm(reached, one.step)
            told.append(one.text)
    return told


def _multiple(step: int, number: int) -> str:
    """What kind of number a width has to be."""
    if step == 1:
        return "a whole number"
    if number % step:
        return f"{number % step} more than a multiple of {step}"
    return f"multiple of {step}"


def _because(kind: str, said: list[str]) -> str:
    """A reason from what kind of number it has to be and what says so."""
    if said[:1] == [AS_IN_THE_BASE]:
        kind, said = f"{kind}, {AS_IN_THE_BASE}", said[1:]
    return f"{kind}: {'; '.join(said)}" if said else kind


def _instead(number: int, part: int, because: Because) -> str:
    """What a width would be, had no wish given way."""
    wishes = [one.demand for one in because.lost if one.step(number) > 1]
    if because.before is None or not wishes:
        return ""
    most = max(wish.multiple for wish in wishes)
    stages = [wish.stage for wish in wishes if wish.multiple == most]
    told = stages[:_MOST] if len(stages) > _MOST else stages[:-1]
    last = f"{len(stages) - _MOST} more" if len(stages) > _MOST else stages[-1]
    listed = " and ".join([*filter(None, [", ".join(told)]), last])
    return f"; with multiples of {most} in {listed} it would be {because.before * part}"
