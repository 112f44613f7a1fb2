"""Reasons in words: what keeps a scaled width from being the exact product."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import lcm

from fishcompile.reader.tree import Path
from fishcompile.scaling.constraints import Divisibility
from fishcompile.scaling.groups import Check, Group
from fishcompile.scaling.rounding import Rounded

AS_IN_THE_BASE = "as in the base"
_MOST = 3  # reasons of one kind that are told


@dataclass(frozen=True)
class Clause:
    """A width is a multiple of `step` for one constraint, said in `text`.

    In a group of widths that scale together, the step is that of their common unit, and the others
    stay as they are.
    """

    step: int
    text: str


def reasons(group: Group, number: int, made: Rounded) -> dict[Path, str]:
    """Why the widths of a group, which is the one of that number, are not exact."""
    held = [one for one in made.held if one.step(number) > 1]
    step = lcm(*(one.step(number) for one in held))
    clauses = {path: _clauses(path, number, held) for path in group.paths}
    together = list(dict.fromkeys(one.why for one in group.equal))[:_MOST]
    found: dict[Path, str] = {}
    for path in group.paths:
        others = [
            Clause(one.step, f"{'.'.join(map(str, other))}: {one.text}")
            for other in group.paths
            for one in clauses[other]
            if other != path
        ]
        said = _decisive([*clauses[path], *others])
        said += [_bound(made.bound.asked)] if made.bound else []
        part = group.part[path]
        text = _because(_multiple(step * part, made.unit * part), [*said, *together])
        found[path] = text + _instead(number, part, made)
    return found


def _bound(asked: Divisibility) -> str:
    if asked.divisor == 1:
        return f"the least that {asked.stage} can do with"
    return f"large enough for {asked.stage}, which divides by {asked.divisor}"


def _clauses(path: Path, number: int, checks: Iterable[Check]) -> list[Clause]:
    """What constraints mean for one of the chosen widths that they depend on."""
    return [
        Clause(one.step(number), _text(one.asked, path))
        for one in checks
        if path in one.asked.width.parts
    ]


def _text(asked: Divisibility, path: Path) -> str:
    width = asked.width
    share = width.parts[path]
    target = f"a multiple of {asked.modulus}{' ' * bool(asked.what)}{asked.what}"
    # what is a sum is a multiple as a whole
    in_all = "in all " if len(width.parts) > 1 or width.fixed else ""
    if share == 1:
        if not asked.what and path == asked.at:
            return AS_IN_THE_BASE
        return f"{asked.stage} needs {in_all}{target}"
    up, down = share.numerator, share.denominator
    each = "each channel becomes" if down == 1 else f"each {down} channels become"
    of_what = f", {in_all}{target}" if asked.modulus > 1 else ""
    return f"{each} {up} in {asked.stage}{of_what}"


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


def _instead(number: int, part: int, made: Rounded) -> str:
    """What a width would be, had nothing given way."""
    lost = [one.asked for one in made.lost if one.step(number) > 1]
    if made.before is None or not lost:
        return ""
    most = max(one.multiple for one in lost)
    stages = [one.stage for one in lost if one.multiple == most]
    told = stages[:_MOST] if len(stages) > _MOST else stages[:-1]
    last = f"{len(stages) - _MOST} more" if len(stages) > _MOST else stages[-1]
    listed = " and ".join([*filter(None, [", ".join(told)]), last])
    return f"; with multiples of {most} in {listed} it would be {made.before * part}"
