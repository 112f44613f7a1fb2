"""Constraints: what a network asks of the widths that its author chose, as sums of these.

A hard constraint holds in any network that builds. A soft one is what the base has besides: that
its widths are multiples of 8, or that a stage needs no projection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import floor

from fishcompile.ops.base import ShapeError
from fishcompile.reader.tree import Path


class UnfollowedError(ShapeError):
    """What a network does to widths cannot be said as sums of those chosen; the text says why."""

    def __init__(self, reason: str) -> None:
        super().__init__("FC206", reason)


@dataclass(frozen=True)
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
        return self + other.times(Fraction(-1))

    def times(self, factor: Fraction) -> Sum:
        """The width after each channel became `factor` many; the factor is not 0."""
        parts = {path: share * factor for path, share in self.parts.items()}
        return Sum(parts, self.fixed * factor)

    def of(self, widths: Mapping[Path, int]) -> Fraction:
        """The width where these are chosen."""
        return self.fixed + sum(widths[path] * share for path, share in self.parts.items())

    def over(self, other: Sum) -> Fraction | None:
        """How many times the other it always is; None where that depends on what is chosen."""
        if self.parts.keys() != other.parts.keys():
            return None
        path = next(iter(self.parts))
        times = self.parts[path] / other.parts[path]
        return times if not (self - other.times(times)).key[0] and self.fixed == (
            other.fixed * times
        ) else None  # fmt: skip

    @cached_property
    def key(self) -> tuple[frozenset[tuple[Path, Fraction]], Fraction]:
        """What it is, to look it up by."""
        return frozenset(self.parts.items()), self.fixed


@dataclass(frozen=True)
class Divisibility:
    """A width divided by `divisor`, rounded down, is a multiple of `multiple`, and not 0.

    `stage` asks for it; `what` says what a multiple is for. `at` is the chosen width that is to
    stay even, where the constraint is that alone.
    """

    width: Sum
    stage: str
    divisor: int = 1
    multiple: int = 1
    what: str = ""
    at: Path = ()

    @property
    def modulus(self) -> int:
        """What the width is to be a multiple of, which is enough."""
        return self.divisor * self.multiple if self.multiple > 1 else 1

    def holds(self, widths: Mapping[Path, int]) -> bool:
        """Whether chosen widths meet it."""
        width = self.width.of(widths)
        parts = floor(width / self.divisor)
        return width.denominator == 1 and parts >= 1 and parts % self.multiple == 0


@dataclass(frozen=True)
class Equality:
    """Two widths that are the same in the base and stay so; `apart` is how much they differ.

    `why` says it of the widths that scale together for it.
    """

    apart: Sum
    why: str
    is_hard: bool = True


@dataclass
class Constraints:
    """The widths chosen, and all that is asked of them.

    `even` are soft. `pinned` are the chosen ones that may not scale, and why; `asserted` are
    written where they follow from others. `counts` are all counts of blocks, and `growing` those of
    blocks that give another width, or other sides, each time.
    """

    chosen: dict[Path, int] = field(default_factory=dict)
    divisible: list[Divisibility] = field(default_factory=list)
    even: list[Divisibility] = field(default_factory=list)
    equal: list[Equality] = field(default_factory=list)
    pinned: dict[Path, str] = field(default_factory=dict)
    asserted: dict[Path, Sum] = field(default_factory=dict)
    counts: dict[Path, int] = field(default_factory=dict)
    growing: set[Path] = field(default_factory=set)
