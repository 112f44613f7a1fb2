"""Lanes: on which side of the trunk each branch runs, and how far out, so that none crosses much.

Branches of which one begins in another and ends beyond it go on different sides. On one side each
runs close to what is below it: the bars that it spans, and the branches inside it.
"""

from __future__ import annotations

from collections.abc import Callable

from fishcompile.pictures.trunk import Branch
from fishcompile.record import record

CLEAR = 20.0  # pixels between a branch and what it spans
UP, DOWN = -1, 1


@record
class Lane:
    """A branch's side of the axis, and the distance of its middle from it."""

    branch: Branch
    side: int
    level: float
    high: float  # half of the height of what stands on it


def lanes_of(
    branches: tuple[Branch, ...], spanned: Callable[[int, int], float], high: Callable[[int], float]
) -> tuple[Lane, ...]:
    """A lane for each branch.

    `spanned` gives half of the height of the highest bar of the trunk from one mark to another,
    `high` half of that of a mark on a branch.
    """
    sides = _sides(branches)
    lanes: list[Lane] = []
    for branch in sorted(branches, key=lambda b: (b.right - b.left, b.left)):
        own = max((high(at) for at in branch.marks), default=0.0)
        level = spanned(branch.left, branch.right) + CLEAR + own
        for other in lanes:
            if other.side == sides[branch] and _overlap(branch, other.branch):
                level = max(level, other.level + other.high + CLEAR + own)
        lanes.append(Lane(branch, sides[branch], level, own))
    return tuple(lanes)


def _sides(branches: tuple[Branch, ...]) -> dict[Branch, int]:
    sides: dict[Branch, int] = {}
    for branch in branches:
        crossed = {UP: 0, DOWN: 0}
        for other, side in sides.items():
            crossed[side] += _cross(branch, other)
        preferred = UP if branch.returns else DOWN
        other_side = -preferred
        sides[branch] = other_side if crossed[other_side] < crossed[preferred] else preferred
    return sides


def _cross(a: Branch, b: Branch) -> bool:
    return a.left < b.left < a.right < b.right or b.left < a.left < b.right < a.right


def _overlap(a: Branch, b: Branch) -> bool:
    return a.left < b.right and b.left < a.right
