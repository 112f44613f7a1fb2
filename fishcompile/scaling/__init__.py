"""Scaling: a base made narrower or wider, shallower or deeper, before a variant is laid over it.

    roles -> legal, reading -> constraints -> groups -> rounding, reasons -> Adjustments -> Tree

Every number of the result is legal where the base's are: what does not divide is moved to the
nearest number that does, and each move has its reason. See docs/scaling.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from functools import reduce
from math import floor
from operator import getitem
from typing import Any, Literal

from fishcompile.diagnostics.finding import SpecError, fail
from fishcompile.loading.adjustment import Adjustment
from fishcompile.loading.loaded import Loaded
from fishcompile.reader.tree import Path, Plain, Tree
from fishcompile.scaling.blame import with_products
from fishcompile.scaling.constraints import Constraints
from fishcompile.scaling.factors import factors, scales_none, with_cause
from fishcompile.scaling.groups import group
from fishcompile.scaling.legal import constraints_of
from fishcompile.scaling.reasons import reason
from fishcompile.scaling.rounding import rounded

Key = Literal["width", "depth"]
Change = tuple[Path, int, int, str]  # a number, what it was, what it becomes, and why


def scaled(base: Loaded, variant: Tree) -> Loaded:
    """The base as `scale` of the variant wants it, and all numbers that it took, changed or not.

    Raises:
        SpecError: for factors that are none, or scale nothing, and for a base that does not hold
            by itself.
    """
    wanted = {key: factor for key, factor in factors(variant).items() if factor.value != 1}
    if not wanted:
        return base
    tree = base.tree
    try:
        asked = constraints_of(tree, needed="width" in wanted)
    except SpecError as error:
        raise SpecError(with_products(with_cause(error, variant).report, base)) from None

    def adjusted(key: Key, changes: Callable[[Constraints, Fraction], Iterator[Change]]) -> None:
        if factor := wanted.get(key):
            found[:0] = [
                Adjustment(key, path, old, factor.value, new, why, tree.value_span(path), factor.at)
                for path, old, new, why in changes(asked, factor.value)
            ]

    found: list[Adjustment] = []
    adjusted("depth", _depths)
    # blocks that the depth adds ask as well; where they do not fit, the check finds it
    with suppress(SpecError):
        if found and "width" in wanted:
            asked = constraints_of(_with_numbers(tree, found))
    adjusted("width", _widths)
    useless = wanted.keys() - {one.key for one in found}
    if useless:
        raise fail(*(scales_none(key, wanted[key]) for key in useless))
    return Loaded(_with_numbers(tree, found), (*base.adjustments, *found))


def _with_numbers(tree: Tree, found: Iterable[Adjustment]) -> Tree:
    """A tree with what became of its numbers, those included that stood nowhere."""
    value: Any = _copied(tree.value)
    for one in found:
        *way, key = one.path
        reduce(getitem, way, value)[key] = one.new
    return replace(tree, value=value)


def _copied(value: Plain) -> Plain:
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return value


def _widths(asked: Constraints, factor: Fraction) -> Iterator[Change]:
    groups = group(asked, factor)
    made = rounded(asked, groups, factor)
    new: dict[Path, tuple[int, str]] = {}
    for number, one in enumerate(groups):
        for path, old in one.widths.items():
            if one.pinned:
                new[path] = old, f"not scaled: {one.pinned}"
            else:
                is_exact = made[number].unit == one.exact
                why = "" if is_exact else reason(path, one, number, made[number])
                new[path] = made[number].unit * (old // one.unit), why
    for path, old in asked.chosen.items():
        yield path, old, *new[path]
    for path, width in asked.asserted.items():
        old = asked.base[path]
        # what is claimed wrongly stays wrong, for the rules to find
        right = old == width.of(asked.chosen)
        follows = width.of({path: number for path, (number, _) in new.items()})
        number = int(follows) if right else _half_up(old * factor) or 1
        yield path, old, number, "" if number == old * factor else "follows from what enters"


def _depths(asked: Constraints, factor: Fraction) -> Iterator[Change]:
    for path, count in asked.counts.items():
        new = _half_up(count * factor)
        why = "" if new == count * factor else "a whole number, a half rounded up"
        if count and not new:
            new, why = 1, "at least one block"
        if path in asked.growing and path[-1] != "repeat":
            continue  # a parameter that each time does more is no depth
        if new != count and path in asked.growing:
            new, why = count, "not scaled: each time the width or the sides are others"
        yield path, count, new, why


def _half_up(number: Fraction) -> int:
    return floor(number + Fraction(1, 2))
