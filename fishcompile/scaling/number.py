"""Number: an int that remembers which chosen widths it is a sum of, while a network is expanded.

Blocks and ops ask their numbers whether one divides another and whether two are equal, or they
could not build. A number writes down what it was asked, and that is what is asked of widths: so
nothing says a second time what a block needs, and an op of a plug-in is read like any other.
"""

from __future__ import annotations

from fractions import Fraction

from fishcompile.scaling import constraints
from fishcompile.scaling.constraints import Constraints, Sum, UnfollowedError


class Number(int):
    """A sum of chosen widths divided by `under`, rounded down; or of no such (`width` is None).

    Of the latter `reason` is what made it so.
    """

    record: Constraints
    width: Sum | None
    under: int
    reason: str

    def __new__(cls, value: int, record: Constraints, width: Sum | None, under: int = 1) -> Number:
        """A number that is the sum `width` under a divisor."""
        self = super().__new__(cls, value)
        self.record, self.width, self.under, self.reason = record, width, under, ""
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
        if not self._divides(self.width):
            raise UnfollowedError("rounds a width down")
        self.record.ask_multiple(self.width, self.under)
        return self.width.times(Fraction(1, self.under))

    def _divides(self, width: Sum) -> bool:
        return width.of(self.record.base) == int(self) * self.under

    def _unlike(self, value: int, reason: str, *factors: int) -> Number:
        """A number that is no sum. It stays more than 0, or 0, where each of its factors does."""
        made = Number(value, self.record, None)
        made.reason = reason
        for each in (self, *factors):
            if isinstance(each, Number):
                each._keep(0)
        return made

    def _plus(self, other: int, sign: int, value: int) -> int:
        try:
            width = self.exact() + as_sum(other).times(sign)
        except UnfollowedError as error:
            return self._unlike(value, error.message, other)
        self.record.terms += len(width.parts)
        if self.record.terms > constraints.MAX_TERMS:
            raise UnfollowedError(f"its sums have more than {constraints.MAX_TERMS:,} terms")
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
        if not other:
            return 0
        try:
            return type(self)(value, self.record, self.exact().times(int(other)))
        except UnfollowedError as error:
            return self._unlike(value, error.message)

    __rmul__ = __mul__

    def __floordiv__(self, other: int) -> int:
        value = int(self) // int(other)
        if isinstance(other, Number):
            is_always = self._is_always(value, other)
            return value if is_always else self._unlike(value, "divides by a width", other)
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
            # what is rounded down without a further divisor is no multiple, but is not 0
            multiple = self.under * int(other) if int(other) > 1 else 1
            self.record.ask_multiple(self.width, multiple, self.under)
        elif not self._is_always(times := int(self) // int(other), other):
            self.record.ask_equal(self.exact(), other.exact().times(times))
        return rest

    def __rmod__(self, other: int) -> int:
        rest = int(other) % int(self)
        if not rest:
            self.record.ask_equal(self.exact(), as_sum(int(self)))
        return rest

    def _is_always(self, times: int, other: Number) -> bool:
        """Whether it is so many times another number, whatever is chosen."""
        if self.width is None or other.width is None:
            return False
        apart = self.width.times(other.under) - other.width.times(times * self.under)
        return not (apart.parts or apart.fixed)

    def __lt__(self, other: int) -> bool:
        """Whether it is less, which stays so; that it is within a limit is asked with `<=`."""
        self._keep(other if isinstance(other, Number) or int(self) >= other else 0)
        return int(self) < int(other)

    def _keep(self, bound: int) -> None:
        """That it stays at least a bound, or less; of 0 also more, or 0 itself."""
        if self.under > 1:
            if self.width is not None and bound == 1 and int(self) >= 1:
                self.record.ask_multiple(self.width, 1, self.under)
            return
        try:
            apart = self.exact() - as_sum(bound)
        except UnfollowedError:
            return
        if int(self) < int(bound):
            self.record.ask_multiple(apart.times(-1), 1)
        elif int(self) == int(bound) == 0:
            self.record.ask_equal(apart, Sum({}))
        else:
            self.record.ask_multiple(apart + as_sum(int(bound) != 0), 1)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, int) or int(self) != int(other):
            return False
        is_same = isinstance(other, Number) and other.key == self.key
        if not is_same and self.width is not None and self._divides(self.width):
            self.record.ask_equal(self.exact(), as_sum(other))
        return True

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = int.__hash__


class Count(Number):
    """A count of blocks. It is equal to none, so that a single block is read as a row is."""

    def __eq__(self, other: object) -> bool:
        return False

    __hash__ = int.__hash__


def as_sum(number: int) -> Sum:
    """What a number is the sum of. Raises UnfollowedError where it is none."""
    return number.exact() if isinstance(number, Number) else Sum({}, Fraction(number))
