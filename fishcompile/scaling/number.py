"""Number: an int that remembers which chosen widths it is a sum of, while a network is expanded.

Blocks and ops ask their numbers whether one divides another and whether two are equal, or they
could not build. A number writes down what it was asked, and that is what is asked of widths: so
nothing says a second time what a block needs, and an op of a plug-in is read like any other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from fishcompile.reader.tree import Path
from fishcompile.scaling.constraints import (
    Constraints,
    Divisibility,
    Equality,
    Sum,
    UnfollowedError,
)


class Asking(NamedTuple):
    """Who asks: `stage`, what multiples are for, and what it does with widths that are equal.

    `is_whole`: whether a number divided by what divides it is a width.
    """

    stage: str = ""
    what: str = ""
    why: str = ""
    is_whole: bool = False


MAX_TERMS = 1_000_000  # of all sums that are made


@dataclass
class Record:
    """What numbers are asked; `base` are all widths that may be chosen. A muted one notes nothing.

    `known` says of sums what they are multiples of; `terms` counts those of all sums.
    """

    base: dict[Path, int] = field(default_factory=dict)
    found: Constraints = field(default_factory=Constraints)
    asking: Asking = field(default_factory=Asking)
    is_muted: bool = False
    terms: int = 0
    known: dict[object, int] = field(default_factory=dict)
    seen: set[object] = field(default_factory=set)

    def divisible(self, width: Sum, divisor: int, multiple: int, *, whole: bool = False) -> None:
        """That a width is a multiple, when divided by a divisor."""
        if divisor > 1 and self.known.get(width.key, 1) % divisor == 0:
            width, divisor = width.times(Fraction(1, divisor)), 1
        if not width.parts or not self._is_new(width, divisor, multiple):
            return
        if multiple > 1:
            self.known[width.key] = lcm(self.known.get(width.key, 1), divisor * multiple)
        if whole:
            width, divisor, multiple = width.times(Fraction(1, divisor * multiple)), 1, 1
        of = f" of a middle divided by {divisor}" if divisor > 1 else ""
        what = f"{self.asking.what.format(multiple)}{of}" if multiple > 1 else ""
        one = Divisibility(width, self.asking.stage, divisor, multiple, what)
        self.found.divisible.append(one)

    def equal(self, one: Sum, other: Sum, *, is_hard: bool = True) -> None:
        """That two widths are the same."""
        apart = one - other
        if apart.parts and self._is_new(apart, is_hard):
            why = f"{self.asking.stage} {self.asking.why}"
            self.found.equal.append(Equality(apart, why, is_hard))

    def use(self, width: Sum) -> None:
        """Notes the widths that are chosen for a sum."""
        for path in width.parts:
            self.found.chosen.setdefault(path, self.base[path])

    def _is_new(self, width: Sum, *asked: object) -> bool:
        is_new = not self.is_muted and (width.key, *asked) not in self.seen
        if is_new:
            self.seen.add((width.key, *asked))
            self.use(width)
        return is_new


class Number(int):
    """A sum of chosen widths divided by `under`, rounded down; or of no such (`width` is None).

    Of the latter, `factors` are the numbers that it is made of, and `reason` what made it so.
    """

    record: Record
    width: Sum | None
    under: int
    factors: tuple[Number, ...]
    reason: str

    def __new__(cls, value: int, record: Record, width: Sum | None, under: int = 1) -> Number:
        """A number that is the sum `width` under a divisor."""
        self = super().__new__(cls, value)
        self.record, self.width, self.under = record, width, under
        self.factors, self.reason = (), ""
        return self

    @property
    def key(self) -> object:
        """What it is, to look it up by."""
        return (self.width.key, self.under) if self.width else (int(self), id(self))

    def exact(self) -> Sum:
        """The sum that it is, for which it has to divide. Raises UnfollowedError for none."""
        if self.width is None:
            raise UnfollowedError(self.reason)
        if self.under == 1:
            return self.width
        if self.record.known.get(self.width.key, 1) % self.under:
            if not self._divides():
                raise UnfollowedError("rounds a width down")
            self.record.divisible(self.width, 1, self.under, whole=True)
        return self.width.times(Fraction(1, self.under))

    def _divides(self) -> bool:
        assert self.width is not None
        return self.width.of(self.record.base) == int(self) * self.under

    def _unlike(self, value: int, reason: str, *factors: int) -> Number:
        """A number that is no sum."""
        made = Number(value, self.record, None)
        made.reason = reason
        numbers = (each for each in (self, *factors) if isinstance(each, Number))
        made.factors = tuple(part for each in numbers for part in each.factors or (each,))
        return made

    def _plus(self, other: int, sign: int, value: int) -> int:
        if self.width is None or (isinstance(other, Number) and other.width is None):
            reasons = (each.reason for each in (self, other) if isinstance(each, Number))
            return self._unlike(value, next(filter(None, reasons)), other)
        try:
            width = self.exact() + _sum(other).times(Fraction(sign))
        except UnfollowedError as error:
            return self._unlike(value, str(error), other)
        self.record.terms += len(width.parts)
        if self.record.terms > MAX_TERMS:
            raise UnfollowedError(f"its sums have more than {MAX_TERMS:,} terms")
        return type(self)(value, self.record, width) if width.parts else value

    def __add__(self, other: int) -> int:
        return self._plus(other, 1, int(self) + int(other))

    __radd__ = __add__

    def __sub__(self, other: int) -> int:
        return self._plus(other, -1, int(self) - int(other))

    def __rsub__(self, other: int) -> int:
        return self * -1 + other

    def __mul__(self, other: int) -> int:
        value = int(self) * int(other)
        if isinstance(other, Number):
            return self._unlike(value, "multiplies two widths", other)
        if self.width is None:
            return self._unlike(value, self.reason)
        if not other:
            return 0
        try:
            return type(self)(value, self.record, self.exact().times(Fraction(int(other))))
        except UnfollowedError as error:
            return self._unlike(value, str(error))

    __rmul__ = __mul__

    def __floordiv__(self, other: int) -> int:
        value = int(self) // int(other)
        if isinstance(other, Number):
            times = self._over(other)
            return value if times == value else self._unlike(value, "divides by a width", other)
        if self.width is None:
            return self._unlike(value, self.reason)
        return type(self)(value, self.record, self.width, self.under * int(other))

    def __rfloordiv__(self, other: int) -> int:
        return self._unlike(int(other) // int(self), "divides by a width")

    def __mod__(self, other: int) -> int:
        rest = int(self) % int(other)
        if rest or self.width is None:
            return rest
        if not isinstance(other, Number):
            whole = self.record.asking.is_whole
            self.record.divisible(self.width, self.under, int(other), whole=whole)
        elif self._over(other) is None:
            # as many times as it has it now
            times = other.exact().times(Fraction(int(self) // int(other)))
            self.record.equal(self.exact(), times)
        return rest

    def __rmod__(self, other: int) -> int:
        rest = int(other) % int(self)
        if not rest:
            self.record.equal(self.exact(), Sum({}, Fraction(int(self))))
        return rest

    def _over(self, other: Number) -> Fraction | None:
        """How many times another number it is, whatever is chosen."""
        if self.width is None or other.width is None:
            return None
        times = self.width.over(other.width)
        return None if times is None else times * other.under / self.under

    def __lt__(self, other: int) -> bool:
        """Whether it is less, which stays so; that it is within a limit is asked with `<=`."""
        if isinstance(other, Number) or int(self) >= other:
            self._keep(other)
        else:
            # a number of factors stays what it is where each of them stays
            for part in self.factors or (self,):
                part._keep(0)
        return int(self) < int(other)

    def _keep(self, bound: int) -> None:
        """That it stays at least a bound, or less; of 0 also more, or 0 itself."""
        if self.width is not None and self.under > 1:
            if bound == 1 and int(self) >= 1:
                self.record.divisible(self.width, self.under, 1)
            return
        apart = self - bound
        if not isinstance(apart, Number):
            return
        if apart.width is None:
            for part in apart.factors:
                part._keep(0)
        elif int(apart) < 0:
            self.record.divisible(apart.exact().times(Fraction(-1)), 1, 1)
        elif int(apart) == 0 and int(bound) == 0:
            self.record.equal(apart.exact(), Sum({}))
        else:
            more = apart.exact() + Sum({}, Fraction(int(bound) != 0))
            self.record.divisible(more, 1, 1)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, int) or int(self) != int(other):
            return False
        is_same = isinstance(other, Number) and other.key == self.key
        if not is_same and self.width is not None and self._divides():
            self.record.equal(self.exact(), _sum(other))
        return True

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = int.__hash__


class Count(Number):
    """A count of blocks. It is equal to none, so that a single block is read as a row is."""

    def __eq__(self, other: object) -> bool:
        return False

    __hash__ = int.__hash__


def keep_equal(one: int, other: int) -> None:
    """Notes that two widths are one in the base, and stay so if they may."""
    for number in (one, other):
        if isinstance(number, Number) and number.width and int(one) == int(other):
            number.record.equal(_sum(one), _sum(other), is_hard=False)


def _sum(number: int) -> Sum:
    return number.exact() if isinstance(number, Number) else Sum({}, Fraction(number))
