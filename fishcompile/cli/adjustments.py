"""The list of what a `scale` made of the numbers of a base, with the reasons."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from fishcompile.cli.console import aligned
from fishcompile.formats._snippets import visible
from fishcompile.loading.adjustment import Adjustment, decimal

_HEADS = ("number", "base", "exact", "scaled", "reason")


def adjustment_lines(adjustments: Iterable[Adjustment]) -> list[str]:
    """A table of the numbers below each factor that they were scaled by."""
    lines: list[str] = []
    for at, below in groupby(adjustments, key=lambda one: one.by):
        numbers = list(below)
        heading = f"{numbers[0].key} x {numbers[0].times}, by {at}"
        lines += [*([""] if lines else []), visible(heading), *_table(numbers)]
    return lines


def _table(numbers: list[Adjustment]) -> list[str]:
    rows = [
        (one.name, str(one.old), decimal(one.exact), str(one.new), one.reason or "exact")
        for one in numbers
    ]
    return aligned([_HEADS, *rows], left=(0, 4))
