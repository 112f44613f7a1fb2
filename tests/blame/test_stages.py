"""What is said of a stage that does not fit: the ways out, worked out by hand."""

from __future__ import annotations

import pytest

from fishcompile.diagnostics.finding import Diagnostic
from fishcompile.pipeline import check_texts

HEAD = "fishspec: 2\nname: net\ninput: {size: 32}\n"


def error(text: str) -> Diagnostic:
    report = check_texts({"net.yaml": HEAD + text}, "net.yaml")
    (found,) = [one for one in report.diagnostics if one.severity == "error"]
    return found


@pytest.mark.parametrize(
    ("width", "divisors"),
    [
        (22, "1, 2, 11, 22"),
        (24, "1, 2, 3, 4, 6, 8, 12, 24"),  # eight, which is all
        (36, "1, 2, 3, 4, 6, 9, 12, 18, ..."),  # and 36
    ],
)
def test_the_numbers_that_a_width_can_be_split_into(width: int, divisors: str) -> None:
    found = error(
        f"tail:\n  t1: {{out: {width}, blocks: 1}}\n"
        "body:\n  b1: {blocks: 1, k: 5, merge: none, up: none}\n"
    )
    assert (found.rule, found.help) == ("FC302", (f"{width} can be split into {divisors}",))
