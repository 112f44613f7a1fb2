"""Constraints: what a network asks of the widths that its author chose, as sums of these.

A hard constraint holds in any network that builds. A soft one is what the base has besides: that
its widths are multiples of 8, or that a stage needs no projection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from fishcompile.ops.base import ShapeError
from fishcompile.reader.tree import Path
from fishcompile.record import record

MAX_TERMS = 1_000_000  # of all sums that are made


class UnfollowedError(ShapeError):
    """What a network does to widths cannot be said as sums of those chosen; the text says why."""

    def __init__(self, reason: str) -> None:
        super().__init__("FC206", reason)


@record
class Sum:
    """A width: how many channels each chosen one counts for, and how many are not chosen."""

    parts: Mapping[Path, Fraction]
    fixed: Fraction = Fraction(0)

    def __add__(self, other: Sum) -> Sum:
        """The width of a concatenation."""
        parts = dict(self.parts)
        for path, share in other.parts.items():
            parts[path] = parts.get(path, Fraction(0)) + share
        return Sum({p: share for p, share in parts.items() if share}, self.fixed + other.fixed)

    def __sub__(self, other: Sum) -> Sum:
        """How much wider it is than another."""
        return self + other.times(-1)

    def times(self, factor: int | Fraction) -> Sum:
        """The width after each channel became `factor` many."""
        parts = {path: share * factor for path, share in self.parts.items()}
        return Sum(parts, self.fixed * factor)

    def of(self, widths: Mapping[Path, int]) -> Fraction:
        """The width where these are chosen."""
        return self.fixed + sum(widths[path] * share for path, share in self.parts.items())

    @cached_property
    def key(self) -> tuple[frozenset[tuple[Path, Fraction]], Fraction]:
        """What it is, to look it up by."""
        return frozenset(self.parts.items()), self.fixed


@record
class Divisibility:
    """A width is a multiple of `multiple`, and no less than `least`.

    `stage` asks for it. `at` is the chosen width that is to stay even, where it is that alone.
    """

    width: Sum
    stage: str
    multiple: int
    least: int = 1
    at: Path = ()


@record
class Equality:
    """Two widths that are the same in the base and stay so; `apart` is how much they differ."""

    apart: Sum
    stage: str
    is_hard: bool


@dataclass
class Constraints:
    """The widths chosen, and all that is asked of them; of `base` are all that may be chosen.

    `even` are soft. `pinned` are the chosen ones that may not scale, and why; `asserted` are
    written where they follow from others. `counts` are all counts of blocks, and `growing` those of
    blocks that give another width, or other sides, each time. `stage` asks now, and where it is
    muted nothing is noted; `terms` counts those of all sums.
    """

    base: dict[Path, int] = field(default_factory=dict)
    chosen: dict[Path, int] = field(default_factory=dict)
    divisible: list[Divisibility] = field(default_factory=list)
    even: list[Divisibility] = field(default_factory=list)
    equal: list[Equality] = field(default_factory=list)
    pinned: dict[Path, str] = field(default_factory=dict)
    asserted: dict[Path, Sum] = field(default_factory=dict)
    counts: dict[Path, int] = field(default_factory=dict)
    growing: set[Path] = field(default_factory=set)
    stage: str = ""
    is_muted: bool = False
    terms: int = 0
    _seen: set[object] = field(default_factory=set)

    def ask_multiple(self, width: Sum, multiple: int, least: int = 1) -> None:
        """That a width is a multiple, and no less than the least of that."""
        if self._is_new(width, multiple, least):
            self.divisible.append(Divisibility(width, self.stage, multiple, max(multiple, least)))

    def ask_equal(self, one: Sum, other: Sum, *, is_hard: bool = True) -> None:
        """That two widths are the same."""
        apart = one - other
        if self._is_new(apart, is_hard):
            self.equal.append(Equality(apart, self.stage, is_hard))

    def use(self, width: Sum) -> None:
        """Notes the widths that are chosen for a sum."""
        for path in width.parts:
            self.chosen.setdefault(path, self.base[path])

    def _is_new(self, width: Sum, *asked: object) -> bool:
        key = (width.key, *asked)
        if self.is_muted or not width.parts or key in self._seen:
            return False
        self._seen.add(key)
        self.use(width)
        return True
