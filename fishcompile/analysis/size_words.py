"""Size words: the sides that a network takes as a rule that a reader can keep in mind."""

from __future__ import annotations

from collections.abc import Iterable
from math import lcm

from fishcompile.analysis.sizes import Sizes
from fishcompile.record import record


@record
class Pattern:
    """From `start` on the sides whose remainder by `modulus` is one of `remainders`.

    Before it those that are `besides`. Without remainders these are all.
    """

    modulus: int
    remainders: tuple[int, ...]
    start: int
    besides: tuple[int, ...]

    def __str__(self) -> str:
        if not self.remainders:
            return f"heights and widths of {_listed(_runs(self.besides))}"
        also = f", and {_listed(_runs(self.besides))}" if self.besides else ""
        start = "" if self.start == self.modulus else f", from {self.start}"
        return f"{self._rule}{start}{also}".replace("width, from", "width from")

    @property
    def _rule(self) -> str:
        if self.modulus == 1:
            return "every height and width"
        if self.remainders == (0,):
            return f"multiples of {self.modulus}"
        ends = " and ".join(
            self._term(first) + (f" to {self._term(last)}" if last > first else "")
            for first, last in self.runs
        )
        return f"heights and widths of {ends}"

    def _term(self, offset: int) -> str:
        """An offset from the multiples as a term: 32 n, 32 n + 1, 32 n - 1."""
        return f"{self.modulus} n" + (f" {'-+'[offset > 0]} {abs(offset)}" if offset else "")

    @property
    def runs(self) -> tuple[tuple[int, int], ...]:
        """The remainders as runs, in which one that goes on over the modulus begins below 0."""
        runs = _runs(self.remainders)
        if len(runs) > 1 and runs[0][0] == 0 and runs[-1][1] == self.modulus - 1:
            runs = [(runs[-1][0] - self.modulus, runs[0][1]), *runs[1:-1]]
        return tuple(runs)


def smallest_unkept(sizes: Sizes | None, first: int, multiple: int) -> int | None:
    """The smallest of the sides from `first` on in steps of `multiple` that fails, squared."""
    if sizes is None:
        return first
    end = max(sizes.until, first) + lcm(sizes.period, multiple)
    if not sizes.proven:
        end = max(end, sizes.until + multiple)
    return next((s for s in range(first, end, multiple) if not sizes.contains(s, s)), None)


def kept_by(sizes: Sizes | None, multiple: int) -> str:
    """What can be promised instead: the multiples, of the number or of one that holds, from one."""
    if sizes is None:
        return "no size holds"
    for every in (multiple, lcm(multiple, sizes.period)):
        whole = lcm(sizes.period, every)
        last = sizes.until + 2 * whole
        kept = [sizes.contains(side, side) for side in range(every, last, every)]
        lost = len(kept) - kept[::-1].index(False) if False in kept else 0
        if (len(kept) - lost) * every >= whole:
            return f"`{{from: {(lost + 1) * every}, multiple: {every}}}`"
    return f"nothing, as the network takes {pattern(sizes)}"


def pattern(sizes: Sizes) -> Pattern:
    """What the sides that hold have in common."""
    start = sizes.until - sizes.period
    last = [side for side in range(start, sizes.until) if sizes.holds(side)]
    remainders = {side % sizes.period for side in last} if sizes.proven else set[int]()
    modulus = next(m for m in range(1, sizes.period + 1) if _repeats(remainders, m, sizes.period))
    remainders = {side % modulus for side in remainders}
    while start > 1 and sizes.holds(start - 1) == ((start - 1) % modulus in remainders):
        start -= 1
    while remainders and start % modulus not in remainders:
        start += 1
    before = range(1, start if remainders else sizes.until)
    besides = tuple(side for side in before if sizes.holds(side))
    return Pattern(modulus, tuple(sorted(remainders)), start, besides)


def _repeats(remainders: set[int], modulus: int, period: int) -> bool:
    if period % modulus:
        return False
    return all((side + modulus) % period in remainders for side in remainders)


def _runs(sides: Iterable[int]) -> list[tuple[int, int]]:
    """Sides in their order as (first, last) of those that follow each other."""
    runs: list[tuple[int, int]] = []
    for side in sides:
        if runs and runs[-1][1] == side - 1:
            runs[-1] = (runs[-1][0], side)
        else:
            runs.append((side, side))
    return runs


def _listed(runs: Iterable[tuple[int, int]]) -> str:
    texts = [str(first) if first == last else f"{first} to {last}" for first, last in runs]
    *others, last_ = texts or ["none"]
    return f"{', '.join(others)} and {last_}" if others else last_
