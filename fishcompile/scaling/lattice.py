"""The steps that some whole numbers can take together, so that sums of them keep their remainders.

They are those of a lattice, and its basis is triangular: by the first row the first number moves,
and others with it; by the second the second, and others but the first; and so on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import gcd

Row = list[int]


def steps(numbers: int, congruences: Iterable[tuple[Sequence[int], int]]) -> list[Row]:
    """A basis of the steps that change each of these sums by a multiple of its modulus.

    A congruence is the factors of the numbers in the sum, and the modulus.
    """
    rows = [[int(i == j) for j in range(numbers)] for i in range(numbers)]
    for factors, modulus in congruences:
        values = [sum(a * b for a, b in zip(factors, row, strict=True) if b) for row in rows]
        if any(value % modulus for value in values):
            _restrict(rows, values, modulus)
    return rows


def _restrict(rows: list[Row], values: Row, modulus: int) -> None:
    """Leaves the steps among those of `rows` whose values sum up to a multiple of the modulus."""
    whole = [0] * len(rows)  # a step whose value is `reached`, the least that the rows below make
    reached = modulus
    for i in range(len(rows) - 1, -1, -1):
        value = values[i] % modulus
        common = gcd(value, reached)
        own = pow(value // common, -1, reached // common)
        row = _sum(reached // common, rows[i], -value // common, whole)
        whole = _sum(own, rows[i], (common - own * value) // reached, whole)
        reached = common
        for j in range(i + 1, len(rows)):
            if times := row[j] // rows[j][j]:  # what lies behind its own number is kept small
                row = _sum(1, row, -times, rows[j])
        rows[i] = row


def _sum(times: int, one: Row, others: int, other: Row) -> Row:
    return [times * a + others * b for a, b in zip(one, other, strict=True)]
