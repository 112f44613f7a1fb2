"""Any valid fish, scaled by any factor: it checks, and every number is exact or has its reason."""

from __future__ import annotations

from fractions import Fraction
from math import gcd

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scaling.variants import vary
from tests.strategies import Fish, fishes

FACTORS = st.one_of(
    st.sampled_from(["0.5", "0.25", "0.1", "1.37", "2", "3"]),
    st.integers(1, 400).map(lambda hundredths: f"{hundredths / 100}"),
)


@settings(max_examples=50, deadline=None)
@given(fishes(), FACTORS, FACTORS)
def test_a_scaled_network_checks(fish: Fish, width: str, depth: str) -> None:
    scaled = vary(fish.text, f"scale: {{width: {width}, depth: {depth}}}")
    assert [found for found in scaled.report.diagnostics if found.severity == "error"] == []
    for one in scaled.adjustments:
        factor = Fraction(width if one.path[-1] == "out" else depth)
        assert (one.new == one.old * factor) == (not one.reason), one
        assert one.new >= min(one.old, 1)


@settings(max_examples=50, deadline=None)
@given(fishes(), FACTORS)
def test_every_chosen_width_stays_as_even_as_it_was(fish: Fish, width: str) -> None:
    for one in vary(fish.text, f"scale: {{width: {width}}}").adjustments:
        even = gcd(one.old, 8)
        while even > 1 and even > one.old * Fraction(width):
            even //= 2
        assert one.new % even == 0 or one.reason == "follows from what enters", one
