"""Scaling: a base made narrower or wider, shallower or deeper, before a variant is laid over it.

    factors -> read_widths -> solve -> Adjustments -> Tree

Every number of the result is legal where the base's are: what does not divide is moved to the
nearest number that does, and each move has its reason. See docs/scaling.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from math import floor

from fishcompile.diagnostics import Diagnostic, SpecError, fail
from fishcompile.language.defaults import apply_defaults
from fishcompile.language.fish import stage_graph
from fishcompile.language.parse import parse_spec
from fishcompile.language.scaling.adjustment import Adjustment
from fishcompile.language.scaling.blocks import read_counts, scaled_count
from fishcompile.language.scaling.demands import read_widths
from fishcompile.language.scaling.factors import Factor, factors, with_cause
from fishcompile.language.scaling.network import UnfollowedError, Widths
from fishcompile.language.scaling.solve import solve
from fishcompile.language.stage_graph import StageGraph
from fishcompile.schema import validate
from fishcompile.source import Span
from fishcompile.tree import Path, Plain, Tree

# A width is the sum of all that are concatenated into it, so that the work grows with the square.
MAX_STAGES = 200
MAX_WIDTH = 2**40


def scaled(base: Tree, variant: Tree) -> tuple[Tree, tuple[Adjustment, ...]]:
    """The base as `scale` of the variant wants it, and all numbers that it took, changed or not.

    Raises:
        SpecError: for factors that are none, and for a base that does not hold by itself.
    """
    wanted = {key: factor for key, factor in factors(variant).items() if factor.value != 1}
    if not wanted:
        return base, ()
    try:
        stages = _resolved(base)
        widths = _legal_widths(stages, base) if "width" in wanted else Widths()
    except SpecError as error:
        raise with_cause(error, variant) from None
    found: list[Adjustment] = []
    if "width" in wanted:
        found += _widths(base, widths, wanted["width"])
    if "depth" in wanted:
        found += _depths(base, wanted["depth"])
    new = {adjustment.path: adjustment.new for adjustment in found}
    value = {key: _with(item, (key,), new) for key, item in base.value.items()}
    _add_unwritten(value, new)
    return replace(base, value=value), tuple(found)


def _resolved(base: Tree) -> StageGraph:
    found = validate(base)
    if found:
        raise fail(*found)
    tree = apply_defaults(base)
    return stage_graph(parse_spec(tree), tree)


def _legal_widths(stages: StageGraph, base: Tree) -> Widths:
    """The widths of a base. Raises SpecError where they do not fit each other."""
    if len(stages.nodes) > MAX_STAGES:
        message = f"a network of more than {MAX_STAGES:,} stages is not scaled"
        raise fail(Diagnostic("FC305", message, base.key_span(("name",))))
    try:
        widths = read_widths(stages)
    except UnfollowedError as error:
        span = _kind(base, error.node.path)
        message = f"`scale` cannot follow widths through the block `{span.text}`"
        help_ = ("scale the depth alone, or write the widths in a variant",)
        raise fail(Diagnostic("FC206", message, span, help=help_)) from None
    for demand in widths.demands:
        if demand.width.base > MAX_WIDTH:
            message = f"{demand.stage} has more than {MAX_WIDTH:,} channels"
            raise fail(Diagnostic("FC305", message, base.key_span(demand.at)))
        if not demand.holds(demand.width.base):
            raise fail(Diagnostic("FC302", str(demand), base.value_span(demand.at)))
    for tie in widths.ties:
        if tie.one.base != tie.other.base:
            message = f"{tie.why}: {tie.one.base} channels and {tie.other.base}"
            raise fail(Diagnostic("FC301", message, base.value_span(tie.at)))
    return widths


def _kind(base: Tree, node: Path) -> Span:
    """Where a node says what it is, or what its blocks are, be it in `defaults`."""
    usual = [("defaults", *node[:1], "block", "kind"), ("defaults", "block", "kind")]
    places = [(*node, "block", "kind"), (*node, "block"), (*node, "kind"), *usual]
    written = (path for path in places if path in base.places)
    found = next((path for path in written if isinstance(base.get(path), str)), None)
    return base.value_span(found) if found else base.key_span(node)


def _widths(base: Tree, widths: Widths, factor: Factor) -> Iterable[Adjustment]:
    choices = solve(widths, factor.value)
    numbers = {path: Fraction(choice.number) for path, choice in choices.items()}
    for path, choice in choices.items():
        yield _adjustment(base, path, factor, choice.number, choice.reason)
    for path, width in widths.asserted.items():
        old = base.get(path)
        assert isinstance(old, int), "the base fits the schema"
        # what is claimed wrongly stays wrong, for the rules to find
        right = old == width.base
        new = int(width.of(numbers)) if right else floor(old * factor.value + Fraction(1, 2)) or 1
        exact = new == old * factor.value
        yield _adjustment(base, path, factor, new, "" if exact else "follows from what enters")


def _depths(base: Tree, factor: Factor) -> Iterable[Adjustment]:
    for path, count in read_counts(base).items():
        new, reason = scaled_count(count, factor.value)
        if path in base.places or new != count:
            yield _adjustment(base, path, factor, new, reason, count)


def _adjustment(
    base: Tree, path: Path, factor: Factor, new: int, reason: str, old: int | None = None
) -> Adjustment:
    if old is None:
        number = base.get(path)
        assert isinstance(number, int), "the base fits the schema"
        old = number
    return Adjustment(path, old, factor.value, new, reason, base.value_span(path), factor.at)


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
