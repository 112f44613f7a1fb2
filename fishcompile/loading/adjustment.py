"""Adjustment: one number of a base that a variant scales, what became of it, and why."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Literal

from fishcompile.diagnostics.source import Span
from fishcompile.reader.tree import Path
from fishcompile.record import record


@record
class Adjustment:
    """The number at `path`, written at `at`, times the factor `key` that is written at `by`.

    `reason` says why `new` is not the exact product; it is empty where it is.
    """

    key: Literal["width", "depth"]
    path: Path
    old: int
    factor: Fraction
    new: int
    reason: str
    at: Span
    by: Span

    @property
    def name(self) -> str:
        """The number as a dotted path: `tail.tail1.out`."""
        return ".".join(map(str, self.path))

    @property
    def times(self) -> str:
        """The factor as it was written, but for zeros."""
        return decimal(self.factor)

    @property
    def exact(self) -> Fraction:
        """The product before it was made legal."""
        return self.old * self.factor

    def __str__(self) -> str:
        product = f"{self.old} x {self.times} = {decimal(self.exact)}"
        return f"{product}, made {self.new}: {self.reason}" if self.reason else product


def decimal(number: Fraction) -> str:
    """A factor, or its product with a whole number, in full: both have finitely many digits."""
    text = format(Decimal(number.numerator) / Decimal(number.denominator), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
