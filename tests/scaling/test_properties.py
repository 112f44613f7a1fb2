"""Any valid spec, scaled by any factor: it checks, and every number is exact or has its reason."""

from __future__ import annotations

from math import gcd
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fishcompile.diagnostics.finding import SpecError
from fishcompile.loading.adjustment import Adjustment
from fishcompile.pipeline import Analysis
from tests.grammar.specs import specs
from tests.scaling.variants import errors, vary_files
from tests.strategies import Fish, fishes

FACTORS = ["0.5", "0.25", "0.1", "0.75", "1.37", "1.5", "2", "3"]
ANY = st.one_of(
    st.sampled_from(FACTORS), st.integers(1, 400).map(lambda hundredths: f"{hundredths / 100}")
)
STEP = 25


def scaled(texts: dict[str, str], name: str, width: str, depth: str) -> Analysis | None:
    """A variant that scales; None where there is nothing to scale."""
    # a larger network may outgrow the budget, and `null` takes away only what is there
    budget = "\nbudget: null" if any("budget" in text for text in texts.values()) else ""
    try:
        return vary_files(texts, name, f"scale: {{width: {width}, depth: {depth}}}{budget}")
    except SpecError as error:
        said = [found.message for found in error.report.diagnostics]
        assert all("scales nothing: the base" in message for message in said), said
        return None


def unsound(analysis: Analysis) -> list[Adjustment]:
    """The numbers that are neither exact nor have a reason, or that became none."""
    return [
        one
        for one in analysis.adjustments
        if (one.new == one.exact) != (not one.reason) or one.new < min(one.old, 1)
    ]


def uneven(analysis: Analysis) -> list[Adjustment]:
    """The widths that are less even than they were, for no reason."""
    gave_way = ("gives way", "follows from")
    return [
        one
        for one in analysis.adjustments
        if one.key == "width"
        and one.new % _even(one)
        and one.reason
        and not any(text in one.reason for text in gave_way)
    ]


def _even(one: Adjustment) -> int:
    even = gcd(one.old, 8)
    while even > 1 and even > one.exact:
        even //= 2
    return even


@settings(max_examples=50, deadline=None)
@given(fishes(), ANY, ANY)
def test_a_scaled_fish_checks(fish: Fish, width: str, depth: str) -> None:
    analysis = scaled({"base.yaml": fish.text}, "base.yaml", width, depth)
    if analysis is not None:
        assert errors(analysis) == []
        assert unsound(analysis) == uneven(analysis) == []


@pytest.mark.parametrize("first", range(0, 300, STEP))
def test_any_spec_of_the_grammar_scaled_checks(first: int) -> None:
    for number, spec in enumerate(specs(range(first, first + STEP)), first):
        choose = Random(number)
        for _ in range(2):
            any_width = f"{choose.randint(1, 400) / 100}"
            width, depth = choose.choice([*FACTORS, any_width]), choose.choice(["1", "0.5", "2"])
            analysis = scaled(spec.texts(), "net.yaml", width, depth)
            if analysis is not None:
                assert errors(analysis) == [], (number, width, depth)
                assert unsound(analysis) == [], (number, width, depth)


def test_the_numbers_are_the_same_each_time() -> None:
    def found() -> list[list[Adjustment]]:
        made = (scaled(spec.texts(), "net.yaml", "0.37", "1") for spec in specs(range(20)))
        return [list(analysis.adjustments) for analysis in made if analysis is not None]

    assert found() == found()
