"""The nearest widths that hold together: in a sum the largest makes up for the others."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest

from fishcompile.scaling.lattice import steps
from tests.scaling.variants import HEAD, errors, numbers, reasons, vary, vary_shipped

FISHNEXT = ("stem.conv3", "tail.tail1", "tail.tail2", "tail.tail3", "bridge")


@pytest.mark.parametrize(
    ("factor", "expected"),
    [
        ("0.25", (16, 32, 64, 128, 192)),
        ("0.4", (32, 64, 128, 192, 256)),
        ("0.75", (48, 96, 192, 384, 448)),
        ("1.25", (80, 160, 320, 640, 704)),
    ],
)
def test_groups_of_fishnext(factor: str, expected: tuple[int, ...]) -> None:
    """head3, a half of it in groups of 16, is conv3 + 3/2 tail1 + 7/4 tail2 + 7/4 bridge.

    All but the bridge are exact at a quarter: 4 x 16 + 6 x 32 + 7 x 64 are 64 more than a multiple
    of 128, so 7 times the bridge is 64 less than one: 64 or 192, and 128 is as near to both.
    """
    scaled = vary_shipped("fishnext150", f"scale: {{width: {factor}}}\nbudget: null")
    assert errors(scaled) == []
    found = numbers(scaled)
    assert tuple(found[f"{stage}.out"] for stage in FISHNEXT) == expected
    conv3, tail1, tail2, _, bridge = expected
    assert (4 * conv3 + 6 * tail1 + 7 * tail2 + 7 * bridge) % (4 * 32) == 0


SUM = HEAD + (
    "stem: {c: {kind: conv, out: 64}}\n"
    "tail: {t1: {out: 96, blocks: 1}, t2: {out: 160, blocks: 1, block: {groups: 4}}}\n"
    "body: {b: {blocks: 1, transfer: {from: t1}}, last: {blocks: 1, k: 4, merge: none, up: none}}\n"
)


@pytest.mark.parametrize("factor", ["0.55", "0.9", "1.3", "1.37", "2.5"])
def test_no_others_are_nearer(factor: str) -> None:
    """t2 is a multiple of 16 for its groups, and t1 + t2 one of 32 for `last`: all are tried."""
    scaled = vary(SUM, f"scale: {{width: {factor}}}")
    assert errors(scaled) == []
    exact = [Fraction(factor) * base for base in (96, 160)]

    def away(widths: tuple[int, ...]) -> Fraction:
        apart = (((width - one) / one) ** 2 for width, one in zip(widths, exact, strict=True))
        return sum(apart, Fraction(0))

    legal = ((t1, t2) for t1, t2 in product(range(8, 600, 8), range(16, 600, 16))
             if (t1 + t2) % 32 == 0)  # fmt: skip
    found = numbers(scaled)
    assert "gives way" not in str(reasons(scaled))
    assert away((found["tail.t1.out"], found["tail.t2.out"])) == min(map(away, legal))


def test_steps_keep_the_remainders_of_sums() -> None:
    rows = steps(2, [([1, 1], 8), ([2, 1], 3)])
    reached = {(a * rows[0][0], a * rows[0][1] + b * rows[1][1]) for a in range(-30, 31)
               for b in range(-200, 201)}  # fmt: skip
    wanted = {(x, y) for x, y in product(range(-20, 21), repeat=2)
              if (x + y) % 8 == 0 and (2 * x + y) % 3 == 0}  # fmt: skip
    assert wanted == {(x, y) for x, y in reached if abs(x) <= 20 and abs(y) <= 20}
    assert rows[1][0] == 0


FISH = HEAD + (
    "input: {size: 512}\n"
    "stem: {c: {kind: conv, out: 64, stride: 2}}\n"
    f"tail: {{{', '.join(f't{i}: {{out: {64 * 2**i}, blocks: 1}}' for i in range(1, 7))}}}\n"
    "bridge: {out: 256, blocks: 1}\n"
    "body: {b6: {blocks: 1, transfer: {from: t5}}, "
    + ", ".join(
        f"b{i}: {{blocks: 1, k: 2, transfer: {{from: {f't{i - 1}' if i > 1 else 'stem'}}}}}"
        for i in range(5, 0, -1)
    )
    + "}\n"
)


def test_a_width_that_many_stages_halve_is_not_moved_far() -> None:
    """332.8 for the bridge, which as a multiple of 8 x 2 ** 5 was 256."""
    scaled = vary(FISH, "scale: {width: 1.3}")
    assert errors(scaled) == []
    assert abs(numbers(scaled)["bridge.out"] - Fraction("332.8")) < 10


def test_a_wish_gives_way_where_it_moves_a_width_far() -> None:
    """23.68 for the stem and t1, which as multiples of 16 would be 16."""
    four = vary_shipped("fishnet99_four_resolutions", "scale: {width: 0.37}")
    assert errors(four) == []
    assert numbers(four)["stem.conv3.out"] == numbers(four)["tail.tail1.out"] == 24
    assert numbers(four)["bridge.out"] == 192  # 189.44
    assert reasons(four)["bridge.out"].endswith("; a multiple of 8 in body1 gives way")
    # none of those that scale exactly or by less than a tenth are a reason to give way
    assert "gives way" not in str(reasons(vary(FISH, "scale: {width: 2.05}")))
