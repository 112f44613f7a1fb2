"""Conditions mean what Python's own expressions mean, and nothing else is let in."""

from __future__ import annotations

import pytest

from fishcompile.analysis.conditions import Condition
from fishcompile.analysis.pareto import front
from fishcompile.diagnostics.errors import UsageError

FIGURES = {"parameters": 16_628_904.0, "macs": 4e9, "sizes": 1.0}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("parameters < 20M", True),
        ("parameters < 16.6M", False),
        ("1k < parameters <= 20M and sizes", True),
        ("not sizes or macs > 3.5G", True),
        ("macs / parameters > 240", True),
        ("-macs + 2 * 2G == 0", True),
        ("macs / (parameters - parameters) > 1", False),
        ("sizes", True),
        (" not sizes ", False),
    ],
)
def test_a_condition_holds(text: str, holds: bool) -> None:
    assert Condition(text, FIGURES).holds(FIGURES.__getitem__) is holds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "open('x')",
        "macs.real",
        "macs[0]",
        "[1]",
        "lambda: 1",
        "macs ** macs",
        "macs if sizes else 1",
        "(a := 1)",
        "f'{macs}'",
        "macs in (1, 2)",
        "macs @ 2",
        "unknown < 3",
        "1" * 301,
    ],
)
def test_all_else_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        assert Condition(text, FIGURES).holds(FIGURES.__getitem__) is None


def test_the_names_are_those_that_are_read() -> None:
    assert Condition("macs < 3 or sizes and macs > 1", FIGURES).names == ("macs", "sizes")


def test_a_front_by_hand() -> None:
    """Less is better: (1, 4), (2, 2) and (4, 1) are not beaten, twice the same is there twice."""
    points = [(1, 4), (2, 2), (3, 3), (4, 1), (2, 2), (1, 5), (4, 4)]
    assert front(points) == {0, 1, 3, 4}
    assert front([]) == set()
    assert front([(1,), (0,), (0,)]) == {1, 2}
