"""Variants: a finding that a base does not have by itself is moved to the variant's own line.

The primary place of a finding is the claim that is broken, and that may stand in a base. Where
the base holds by itself, the variant made the difference: the line of it that did comes first,
and the base's line second. What a base has by itself stays there, and is said to be the base's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from fishcompile.blame.narrow import Judge, Trials, key_of
from fishcompile.blame.ways import ways_out
from fishcompile.blame.writes import by_span, label_of, place_of, span_in
from fishcompile.diagnostics.finding import Diagnostic, Related, Report
from fishcompile.diagnostics.finding import report as sorted_report
from fishcompile.diagnostics.source import Span
from fishcompile.loading.loaded import Loaded
from fishcompile.loading.reach import chain_of
from fishcompile.loading.settings import NAME as SETTINGS
from fishcompile.reader.tree import TAKEN_AWAY, Path, Tree


def blamed(found: Report, loaded: Loaded, judge: Judge) -> Report:
    """The report on a variant with each finding at the line that is to blame for it.

    `judge` gives what is found in a base with some writes of a variant, all findings where they
    stand, and how much work it was.
    """
    base, variant = loaded.base, loaded.variant
    if base is None or variant is None:
        return found
    passed = set(_passed(found, loaded, variant, base))
    if not passed:
        return found
    trials = Trials(base, variant, judge)
    alone = trials.found_with(frozenset())
    owned = [one for one in passed if key_of(one) in alone]
    below = _in_base(base, judge, owned, loaded.tree) if owned else {}
    # what the base's own errors keep from being judged cannot be said to be the variant's
    before = {rule[:3] for rule, _ in alone - set(map(key_of, found.diagnostics))}
    paths = by_span(loaded.tree)
    hidden = min((family for family in before if family <= "FC3"), default="FC9")
    moved = []
    for one in found.diagnostics:
        if one not in passed or (key_of(one) not in alone and hidden < one.rule[:3]):
            moved.append(one)
        elif key_of(one) in alone:
            moved.append(below.get(key_of(one), one))
        else:
            moved.append(_moved(one, trials, loaded.tree, paths))
    return sorted_report(moved, found.skipped)


def _passed(found: Report, loaded: Loaded, variant: Tree, base: Loaded) -> Iterator[Diagnostic]:
    """The findings that do not stand in what the variant itself writes otherwise than its base."""
    own = by_span(variant)
    for one in found.diagnostics:
        source = one.span.source.name
        if source != variant.source.name:
            if _of_a_base(source, variant, loaded.tree):
                yield one
        elif one.span in own and _shared(own[one.span], one.span, variant, base.tree):
            yield one


def _of_a_base(source: str, variant: Tree, tree: Tree) -> bool:
    """Whether a file came in by way of what the spec extends, rather than by what it uses.

    Below settings the spec itself is the base.
    """
    word, passed = "", set[str]()
    while source in tree.includes and source not in passed:
        passed.add(source)
        include = tree.includes[source]
        word, source = include.word, include.span.source.name
    return word == "extends" or (not word and variant.source.name == SETTINGS)


def _shared(path: Path, span: Span, variant: Tree, base: Tree) -> bool:
    """Whether a place in the variant is of an entry that both have: its key, or an equal value."""
    if path not in base.places and path not in (("name",), ("fishspec",)):
        return False
    return variant.places[path].key == span or variant.get(path) == base.get(path)


def _in_base(
    base: Loaded, judge: Judge, owned: list[Diagnostic], tree: Tree
) -> dict[tuple[str, Span], Diagnostic]:
    """What the base has by itself, as it is found in it, by what it is called in the variant."""
    raw = judge(base, Tree({}, {}, base.tree.source, base.tree.includes))[0]
    there = {one.rule: [] for one in raw.diagnostics}  # type: dict[str, list[Diagnostic]]
    for one in raw.diagnostics:
        there[one.rule].append(one)
    found, paths = {}, by_span(tree)
    for one in owned:
        span = _below(one.span, paths.get(one.span), tree, base.tree)
        for other in there.get(one.rule, ()):
            if other.span == span:
                own = blamed(Report((other,)), base, judge).diagnostics[0]
                found[key_of(one)] = _told(own, base, tree)
    return found


def _below(span: Span, path: Path | None, tree: Tree, base: Tree) -> Span:
    """Where what stands at a span of the merged tree, in the entry at a path, is in the base."""
    if path is None or path not in base.places:
        return span
    return base.key_span(path) if tree.places[path].key == span else base.value_span(path)


def _told(found: Diagnostic, base: Loaded, tree: Tree) -> Diagnostic:
    """A finding of the base, and that it is: beside the line by which the base came in."""
    chain = list(chain_of(found.span, tree.includes))
    if chain:
        chain[-1] = replace(chain[-1], message=f"{chain[-1].message}, and has this from it")
    owner = found.owner or base.tree.source.name
    return replace(found, include_chain=tuple(chain), owner=owner)


def _moved(found: Diagnostic, trials: Trials, tree: Tree, paths: dict[Span, Path]) -> Diagnostic:
    variant, base = trials.variant, trials.base.tree
    least = trials.least(key_of(found))
    if not least:
        at, label = variant.value_span(("extends",)), "the base holds without what is written here"
        return _placed(found, at, label, (), (), variant)
    path = paths.get(found.span)
    first = max(least, key=lambda write: _near(write, path or ()))
    at = place_of(first, variant)
    if found.span.source == variant.source and found.span.line == at.line:
        return found
    others = [Related(place_of(path, variant), "and this") for path in least if path != first]
    help_, fixes = ways_out(found, path, first, variant, tree)
    label = label_of(first, variant, base)
    return replace(_placed(found, at, label, tuple(others[:4]), help_, variant), fixes=fixes)


def _near(write: Path, path: Path) -> int:
    """How many keys a write shares with the path of what the finding points at."""
    equal = [one == other for one, other in zip(write, path, strict=False)]
    return [*equal, False].index(False)


def _placed(
    found: Diagnostic,
    at: Span,
    label: str,
    others: tuple[Related, ...],
    help_: tuple[str, ...],
    variant: Tree,
) -> Diagnostic:
    at = span_in(variant, at)
    there = Related(found.span, found.label or "found here")
    related = [one for one in found.related if (one.span, one.message) != (at, TAKEN_AWAY)]
    return replace(
        found,
        span=at,
        label=label,
        related=tuple(dict.fromkeys((there, *others, *related))),
        help=help_ or found.help,
        fixes=(),
        include_chain=(),
    )
