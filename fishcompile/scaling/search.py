"""The nearest: of the units that a lattice reaches, those whose widths are nearest to exact."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from fishcompile.scaling.lattice import Row

# Of numbers tried, and of steps from the nearest: what was found by then is near if not nearest.
MAX_VISITS = 5_000
MAX_DEPARTURES = 20


@dataclass(frozen=True)
class Target:
    """A unit: what it is exactly, the least that it may be, and how many widths have it."""

    exact: Fraction
    least: int
    weight: int = 1


def nearest(number: Fraction, step: int, offset: int, least: int) -> int:
    """The nearest to `number` of those `offset` beyond a multiple of `step`, a half up."""
    lowest = offset + step * ceil(Fraction(least - offset, step))
    return max(lowest, offset + step * floor((number - offset) / step + Fraction(1, 2)))


class Search:
    """The nearest of each number first, then what departs from that a little, then more.

    A distance is the sum of the squares of what each width is away, measured by itself.
    """

    def __init__(
        self, targets: Sequence[Target], rows: Sequence[Row], fits: Callable[[Sequence[int]], bool]
    ) -> None:
        """`fits` says of units that the lattice reaches whether they will do."""
        self._targets, self._fits = targets, fits
        self._steps = [row[i] for i, row in enumerate(rows)]
        # what each number takes with it
        self._others = [
            [(j, row[j]) for j in range(i + 1, len(row)) if row[j]] for i, row in enumerate(rows)
        ]
        self._visits = 0
        self._is_cut = False
        self.best: tuple[int, ...] | None = None
        self.distance = float("inf")

    def from_(self, origin: Sequence[int]) -> None:
        """Searches what can be reached from some units, which meet every demand."""
        self._visits = 0
        for departures in range(MAX_DEPARTURES + 1):
            self._is_cut = False
            self._deeper(0, list(origin), 0.0, departures)
            if not self._is_cut or self._visits > MAX_VISITS:
                break

    def _deeper(self, i: int, units: Row, distance: float, departures: int) -> None:
        """Chooses the number `i`: its nearest, or as many further as departures are left."""
        if i == len(units):
            if self._fits(units):
                self.best, self.distance = tuple(units), distance
            return
        step = self._steps[i]
        for rank, number in enumerate(_outwards(self._targets[i], step, units[i])):
            self._visits += 1
            further = distance + self._away(i, number)
            # as near is no nearer: the least rounding is not to decide
            if further > self.distance - 1e-12:
                return
            if rank > departures or self._visits > MAX_VISITS:
                self._is_cut = True
                return
            times = (number - units[i]) // step
            moved = units.copy()
            moved[i] = number
            for j, other in self._others[i]:
                moved[j] += times * other
            self._deeper(i + 1, moved, further, departures - rank)

    def _away(self, i: int, number: int) -> float:
        target = self._targets[i]
        return target.weight * float((number - target.exact) / target.exact) ** 2


def _outwards(target: Target, step: int, offset: int) -> Iterator[int]:
    """The numbers a step apart, from the nearest outwards, of two as near the greater first."""
    start = nearest(target.exact, step, offset, target.least)
    up, down = start, start - step
    while True:
        if down < target.least or up - target.exact <= target.exact - down:
            yield up
            up += step
        else:
            yield down
            down -= step
