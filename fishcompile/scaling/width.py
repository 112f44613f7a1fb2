"""Width: a derived number of channels as the sum that it is of the numbers an author chose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from fishcompile.reader.tree import Path


@dataclass(frozen=True)
class Width:
    """`parts` says how many channels each chosen one counts for; `fixed` are those not chosen.

    `base` is the width in the network as it is. Of a `flat` map these are the channels that it had
    before: how many pixels each of them is now is not known. `sides` are a share, see sides.py.
    """

    base: Fraction
    parts: Mapping[Path, Fraction] = field(default_factory=dict)
    fixed: Fraction = Fraction(0)
    flat: bool = False
    sides: Fraction = field(default=Fraction(1), compare=False)

    def __add__(self, other: Width) -> Width:
        """The width of a concatenation."""
        parts = dict(self.parts)
        for path, share in other.parts.items():
            parts[path] = parts.get(path, Fraction(0)) + share
        parts = {path: share for path, share in parts.items() if share}
        return Width(self.base + other.base, parts, self.fixed + other.fixed, sides=self.sides)

    def __sub__(self, other: Width) -> Width:
        """How much wider it is than another."""
        return self + other.times(Fraction(-1))

    def times(self, factor: Fraction) -> Width:
        """The width after each channel became `factor` many."""
        if factor == 1:
            return self
        parts = {path: share * factor for path, share in self.parts.items() if factor}
        return replace(self, base=self.base * factor, parts=parts, fixed=self.fixed * factor)

    def of(self, chosen: Mapping[Path, Fraction]) -> Fraction:
        """The width where other numbers are chosen."""
        return self.fixed + sum(chosen[path] * share for path, share in self.parts.items())


def chosen(path: Path, number: int) -> Width:
    """A width that is written at `path`."""
    return Width(Fraction(number), {path: Fraction(1)})


def constant(number: int) -> Width:
    """A width, or another number, that is not scaled."""
    return Width(Fraction(number), fixed=Fraction(number))
