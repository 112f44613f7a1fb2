"""Scaling: a base made narrower or wider, shallower or deeper, before a variant is laid over it.

    factors -> legal_widths -> solve -> Adjustments -> Tree

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
from fishcompile.language.defaults import apply_defaults
from fishcompile.language.fish_to_graph import stage_graph
from fishcompile.language.parse import parse_spec
from fishcompile.language.stage_graph import StageGraph
from fishcompile.loading.adjustment import Adjustment
from fishcompile.loading.loaded import Loaded
from fishcompile.reader.tree import Path, Plain, Tree
from fishcompile.scaling.blame import with_products
from fishcompile.scaling.blocks import read_counts, scaled_count
from fishcompile.scaling.factors import Factor, factors, scales_none, with_cause
from fishcompile.scaling.legal import legal_widths
from fishcompile.scaling.network import Widths
from fishcompile.scaling.solve import solve
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
        stages = _resolved(tree)
        widths = _widths_of(stages, tree, needed="width" in wanted)
    except SpecError as error:
        raise SpecError(with_products(with_cause(error, variant).report, base)) from None
    found: list[Adjustment] = []
    if "depth" in wanted:
        blocks = {block.name: block for block in stages.blocks}
        found += _depths(tree, read_counts(tree, blocks, widths.growing), widths, wanted["depth"])
    if "width" in wanted:
        # blocks that the depth adds demand as well; where they do not fit, the check finds it
        with suppress(SpecError):
            deep = _with_numbers(tree, found)
            widths = _widths_of(_resolved(deep), deep, needed=True) if found else widths
        found = [*_widths(tree, widths, wanted["width"]), *found]
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


def _resolved(base: Tree) -> StageGraph:
    found = validate(base)
    if found:
        raise fail(*found)
    tree = apply_defaults(base)
    return stage_graph(parse_spec(tree), tree)


def _widths_of(stages: StageGraph, base: Tree, *, needed: bool) -> Widths:
    """The widths of a base; where they are not needed, as far as they can be read."""
    if needed:
        return legal_widths(stages, base)
    with suppress(SpecError):
        return legal_widths(stages, base)
    return Widths()


def _widths(base: Tree, widths: Widths, factor: Factor) -> Iterable[Adjustment]:
    choices = solve(widths, factor.value)
    numbers = {path: Fraction(choice.number) for path, choice in choices.items()}
    for path, choice in choices.items():
        yield _adjusted_width(base, path, factor, choice.number, choice.reason)
    for path, width in widths.asserted.items():
        old = base.get(path)
        assert isinstance(old, int), "the base fits the schema"
        # what is claimed wrongly stays wrong, for the rules to find
        right = old == width.base
        new = int(width.of(numbers)) if right else floor(old * factor.value + Fraction(1, 2)) or 1
        exact = new == old * factor.value
        reason = "" if exact else "follows from what enters"
        yield _adjusted_width(base, path, factor, new, reason)


def _depths(
    base: Tree, counts: Mapping[Path, int], widths: Widths, factor: Factor
) -> Iterable[Adjustment]:
    for path, count in counts.items():
        new, reason = scaled_count(count, factor.value)
        if new > count and path in widths.growing:
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
