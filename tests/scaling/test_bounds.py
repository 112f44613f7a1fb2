"""What a few lines may ask of scaling is bounded, counted in terms of sums, groups and blocks."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from fishcompile.diagnostics.finding import SpecError
from fishcompile.scaling import constraints, rounding
from fishcompile.scaling.lattice import Row, steps
from tests.scaling.variants import FISHNET99, HEAD, errors, numbers, vary

# Each of 400 chosen widths is in all sums behind it: 80,000 terms.
WIDE = HEAD + (
    "blocks:\n"
    + "".join(
        f"  own{block}:\n    graph:\n"
        + "".join(
            f"      c{i}: {{kind: conv, from: input, out: {8 + 8 * (i % 9)}, kernel: 1}}\n"
            f"      k{i}: {{kind: concat, from: [{f'k{i - 1}' if i else 'input'}, c{i}]}}\n"
            for i in range(200)
        )
        for block in range(2)
    )
    + "graph:\n"
    "  c: {kind: conv, from: input, out: 64}\n"
    "  o0: {kind: own0}\n"
    "  o1: {kind: own1}\n"
    "  last: {kind: conv, out: 64, groups: 8}\n"
    "  score: {kind: conv, out: 10}\n"
    "outputs: {scores: score}\n"
)


def test_so_many_widths_in_one_sum_are_multiples_each(monkeypatch: pytest.MonkeyPatch) -> None:
    def bounded(numbers: int, sums: Sequence[tuple[Sequence[int], int]]) -> list[Row]:
        assert numbers <= 100
        return steps(numbers, sums)

    monkeypatch.setattr(rounding, "steps", bounded)
    scaled = vary(WIDE, "scale: {width: 1.01}")
    assert errors(scaled) == []
    # the least one, 8.08, is 8; all are, as the groups of `last` and the base have it
    assert {new % 8 for name, new in numbers(scaled).items() if name != "graph.score.out"} == {0}


def test_sums_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constraints, "MAX_TERMS", 10_000)
    with pytest.raises(SpecError) as raised:
        vary(WIDE, "scale: {width: 0.5}")
    (found,) = raised.value.report.diagnostics
    assert found.message == (
        "`scale` cannot follow widths through `o0`: its sums have more than 10,000 terms"
    )


def test_a_few_groups_apart_are_as_legal(monkeypatch: pytest.MonkeyPatch) -> None:
    """body1 is (bridge + tail2) / 4 + tail1 / 2, now a multiple of 8 with each part of it."""
    monkeypatch.setattr(rounding, "MAX_TOGETHER", 1)
    monkeypatch.setattr(rounding, "MAX_TRIALS", 0)
    scaled = vary(FISHNET99, "scale: {width: 0.3}")
    assert errors(scaled) == []
    widths = [numbers(scaled)[f"{name}.out"] for name in ("tail.tail1", "tail.tail2", "bridge")]
    assert widths == [32, 64, 160]  # 38.4 of 16, 76.8 and 153.6 of 32
