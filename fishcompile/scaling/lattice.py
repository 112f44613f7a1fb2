"""The steps that some whole numbers can take together, so that sums of them keep their remainders.

They are those of a lattice, and its basis is triangular: by the first row the first number moves,
and others with it; by the second the second, and others but the first; and so on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Row = list[int]


def steps(numbers: int, congruences: Iterable[tuple[Sequence[int], int]]) -> list[Row]:
    """A basis of the steps that change each of these sums by a multiple of its modulus.

    A congruence is the factors of the numbers in the sum, and the modulus.
    """
    rows = [[int(i == j) for j in range(numbers)] for i in range(numbers)]
    for factors, modulus in congruences:
        values = [_dot(factors, row) % modulus for row in rows]
        if any(values):
            rows = _restricted(rows, values, modulus)
    return rows


def _restricted(rows: list[Row], values: Row, modulus: int) -> list[Row]:
    """The steps among those of `rows` whose values sum up to a multiple of the modulus."""
    found = list(rows)
    whole = [0] * len(rows)  # a step whose value is `reached`, the least that the rows below make
    reached = modulus
    for i in range(len(rows) - 1, -1, -1):
        common, own, below = _bezout(values[i], reached)
        times = reached // common
        back = values[i] * times // reached
        row = [times * a - back * b for a, b in zip(rows[i], whole, strict=True)]
        whole = [own * a + below * b for a, b in zip(rows[i], whole, strict=True)]
        reached = common
        found[i] = _reduced(row, found, i)
    return found


def _reduced(row: Row, rows: list[Row], i: int) -> Row:
    """A row with what lies behind its own number kept small by the rows below it."""
    for j in range(i + 1, len(rows)):
        if times := row[j] // rows[j][j]:
            row = [a - times * b for a, b in zip(row, rows[j], strict=True)]
    return row


def _dot(one: Sequence[int], other: Sequence[int]) -> int:
    return sum(a * b for a, b in zip(one, other, strict=True) if b)


def _bezout(a: int, b: int) -> tuple[int, int, int]:
    """The greatest common divisor of two numbers, and how often it takes each."""
    one, other = (a, 1, 0), (b, 0, 1)
    while other[0]:
        times = one[0] // other[0]
        one, other = other, (
            one[0] - times * other[0], one[1] - times * other[1], one[2] - times * other[2]
        )  # fmt: skip
    return one
