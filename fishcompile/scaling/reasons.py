"""Reasons in words: what keeps a scaled width from being the exact product."""

from __future__ import annotations

from collections.abc import Iterator
from math import lcm

from fishcompile.reader.tree import Path
from fishcompile.scaling.groups import Check, Group
from fishcompile.scaling.rounding import Rounded


def reason(path: Path, group: Group, number: int, made: Rounded) -> str:
    """Why one width of a group, which is the one of that number, is not exact."""
    held = sorted(made.held, key=lambda one: (-one.step(number), path not in one.asked.width.parts))
    step, part = lcm(*(one.step(number) for one in held)), group.widths[path] // group.unit
    kind = _multiple(step * part, made.unit * part)
    return ": ".join([kind, *filter(None, ["; ".join(_clauses(path, group, number, held, made))])])


def _clauses(
    path: Path, group: Group, number: int, held: list[Check], made: Rounded
) -> Iterator[str]:
    """What a few constraints ask that together make the step what it is, the largest first."""
    reached = 1
    for one in held:
        if lcm(reached, one.step(number)) > reached:
            reached = lcm(reached, one.step(number))
            yield _text(one, path, group)
    if made.bound:
        yield f"the least that {made.bound.asked.stage} can do with"
    lost = [one.asked for one in made.lost if one.step(number) > 1]
    if lost:
        most = max(lost, key=lambda one: one.multiple)
        yield f"a multiple of {most.multiple} in {most.stage} gives way"


def _text(check: Check, path: Path, group: Group) -> str:
    """What a constraint says of a width, or of one that scales with it."""
    asked = check.asked
    share = asked.width.parts.get(path)
    if share is None:
        other = next(each for each in group.widths if each in asked.width.parts)
        return f"{'.'.join(map(str, other))}: {_text(check, other, group)}"
    if asked.at:
        return "as in the base"
    within = f" with {share} of it" if share != 1 else ""
    return f"{asked.stage} needs a multiple of {asked.multiple}{within}"


def _multiple(step: int, number: int) -> str:
    """What kind of number a width has to be."""
    if step == 1:
        return "a whole number"
    if number % step:
        return f"{number % step} more than a multiple of {step}"
    return f"multiple of {step}"
