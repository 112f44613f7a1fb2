"""Scaling: a base made narrower or wider, shallower or deeper, before a variant is laid over it.

    choosing -> reading -> constraints -> rounding, reasons -> Adjustments -> Tree

Every number of the result is legal where the base's are: what does not divide is moved to the
nearest number that does, and each move has its reason. See docs/scaling.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from math import floor

from fishcompile.diagnostics.finding import SpecError, fail
from fishcompile.language.nodes import definitions
from fishcompile.loading.adjustment import Adjustment
from fishcompile.loading.loaded import Loaded
from fishcompile.reader.tree import Path, Plain, Tree
from fishcompile.scaling.blame import with_products
from fishcompile.scaling.constraints import Constraints
from fishcompile.scaling.factors import Factor, factors, scales_none, with_cause
from fishcompile.scaling.groups import group
from fishcompile.scaling.legal import constraints_of
from fishcompile.scaling.reasons import reasons
from fishcompile.scaling.roles import Roles
from fishcompile.scaling.rounding import rounded
from fishcompile.schema.validate import validate


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
        roles = _roles(tree)
        asked = constraints_of(tree, roles, needed="width" in wanted)
    except SpecError as error:
        raise SpecError(with_products(with_cause(error, variant).report, base)) from None
    found: list[Adjustment] = []
    if "depth" in wanted:
        found += _depths(tree, asked, wanted["depth"])
    if "width" in wanted:
        # blocks that the depth adds ask as well; where they do not fit, the check finds it
        with suppress(SpecError):
            asked = constraints_of(_with_numbers(tree, found), roles) if found else asked
        found = [*_widths(tree, asked, wanted["width"]), *found]
    useless = wanted.keys() - {one.key for one in found}
    if useless:
        raise fail(*(scales_none(key, wanted[key]) for key in useless))
    return Loaded(_with_numbers(tree, found), (*base.adjustments, *found))


def _with_numbers(tree: Tree, found: Iterable[Adjustment]) -> Tree:
    """A tree with what became of its numbers."""
    new = {one.path: one.new for one in found}
    value = {key: _with(item, (key,), new) for key, item in tree.value.items()}
    _add_unwritten(value, new)
    return replace(tree, value=value)


def _roles(base: Tree) -> Roles:
    """What the parameters of a base's blocks are. Raises SpecError where it fits no schema."""
    if found := validate(base):
        raise fail(*found)
    blocks = base.value.get("blocks", {})
    assert isinstance(blocks, dict), "the base fits the schema"
    return Roles({block.name: block for block in definitions(blocks)})


def _widths(base: Tree, asked: Constraints, factor: Factor) -> Iterable[Adjustment]:
    groups = group(asked)
    made = rounded(asked, groups, factor.value)
    new: dict[Path, tuple[int, str]] = {}
    for number, one in enumerate(groups):
        why = {path: f"not scaled: {why}" for path, why in one.pinned.items()}
        unit = one.unit if one.pinned else made[number].unit
        if not one.pinned and unit != one.unit * factor.value:
            why = reasons(one, number, made[number])
        new |= {path: (unit * part, why.get(path, "")) for path, part in one.part.items()}
    for path in asked.chosen:
        yield _adjusted_width(base, path, factor, *new[path])
    for path, width in asked.asserted.items():
        old = base.get(path)
        assert isinstance(old, int), "the base fits the schema"
        # what is claimed wrongly stays wrong, for the rules to find
        right = old == width.of(asked.chosen)
        follows = width.of({path: number for path, (number, _) in new.items()})
        number = int(follows) if right else floor(old * factor.value + Fraction(1, 2)) or 1
        exact = number == old * factor.value
        yield _adjusted_width(
            base, path, factor, number, "" if exact else "follows from what enters"
        )


def _depths(base: Tree, asked: Constraints, factor: Factor) -> Iterable[Adjustment]:
    for path, count in asked.counts.items():
        exact = count * factor.value
        new = floor(exact + Fraction(1, 2))
        reason = "" if new == exact else "a whole number, a half rounded up"
        if count and not new:
            new, reason = 1, "at least one block"
        if path in asked.growing and path[-1] != "repeat":
            continue  # a parameter that each time does more is no depth
        if new > count and path in asked.growing:
            new, reason = count, "not scaled: each time the width or the sides are others"
        at, by = base.value_span(path), factor.at
        yield Adjustment("depth", path, count, factor.value, new, reason, at, by)


def _adjusted_width(base: Tree, path: Path, factor: Factor, new: int, reason: str) -> Adjustment:
    old = base.get(path)
    assert isinstance(old, int), "the base fits the schema"
    at, by = base.value_span(path), factor.at
    return Adjustment("width", path, old, factor.value, new, reason, at, by)


def _with(value: Plain, path: Path, new: Mapping[Path, int]) -> Plain:
    if isinstance(value, dict):
        return {key: _with(item, (*path, key), new) for key, item in value.items()}
    return new.get(path, value)


def _add_unwritten(value: dict[str, Plain], new: Mapping[Path, int]) -> None:
    """Puts in the counts that stood nowhere; `value` is a copy already."""
    for path, number in new.items():
        entry: Plain = value
        for step in path[:-1]:
            assert isinstance(entry, dict)
            entry = entry[str(step)]
        assert isinstance(entry, dict)
        entry[str(path[-1])] = number
