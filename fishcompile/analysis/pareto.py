"""The Pareto front: those of several that no other is as good as in all and better than in one."""

from __future__ import annotations

from collections.abc import Sequence


def front(points: Sequence[Sequence[float]]) -> set[int]:
    """The positions of the points on the front, where less is better; equal ones are all on it."""
    order = sorted(range(len(points)), key=lambda at: tuple(points[at]))
    kept: list[tuple[float, ...]] = []
    found: set[int] = set()
    for at in order:
        point = tuple(points[at])
        # in this order nothing that comes later dominates what came before
        if not any(_dominates(other, point) for other in kept):
            found.add(at)
            if not kept or kept[-1] != point:
                kept.append(point)
    return found


def _dominates(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a != b and all(x <= y for x, y in zip(a, b, strict=True))
