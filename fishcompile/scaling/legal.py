"""The constraints of a base, which has to hold by itself: only then can a scaled one."""

from __future__ import annotations

from fractions import Fraction
from math import gcd

from fishcompile.analysis.shapes import Failure, Inference, infer
from fishcompile.blame.stages import explain
from fishcompile.diagnostics.finding import Diagnostic, SpecError, fail
from fishcompile.diagnostics.source import Span
from fishcompile.language.defaults import apply_defaults
from fishcompile.language.fish_to_graph import stage_graph
from fishcompile.language.parse import parse_spec
from fishcompile.language.spec import StageSpec
from fishcompile.language.stage_graph import StageGraph
from fishcompile.reader.tree import Path, Tree
from fishcompile.scaling.choosing import followed
from fishcompile.scaling.constraints import Constraints, Divisibility, Sum
from fishcompile.scaling.number import Number, Record
from fishcompile.scaling.reading import OF_SIDES, read
from fishcompile.scaling.roles import Roles
from fishcompile.scaling.rounding import EVEN

# A width is the sum of all that are concatenated into it, so that the work grows with the square.
MAX_STAGES = 200
# What a variant may mend, and what a plug-in does wrong, are left to the check.
_LATER = (*OF_SIDES, "FC207")


def constraints_of(base: Tree, roles: Roles, *, needed: bool = True) -> Constraints:
    """What the widths of a valid base have to keep; where not `needed`, as far as can be read.

    Raises SpecError where they do not hold, or cannot be followed.
    """
    record = Record()
    stages = followed(base, roles, record)
    try:
        _read(base, stages, roles, record)
    except SpecError:
        if needed:
            raise
    return record.found


def _read(base: Tree, stages: StageGraph, roles: Roles, record: Record) -> None:
    if len(stages.nodes) > MAX_STAGES:
        message = f"a network of more than {MAX_STAGES:,} stages is not scaled"
        raise fail(Diagnostic("FC305", message, base.key_span(("name",))))
    read_ = read(stages, record, roles.unclear)
    if read_.failures:
        _refuse(base, read_.failures)
    _note_stages(stages, read_, record.found)


def _refuse(base: Tree, failures: tuple[Failure, ...]) -> None:
    """Raises what is wrong with a base by itself, or with following its widths."""
    tree = apply_defaults(base)
    plain = infer(stage_graph(parse_spec(tree), tree))
    wrong = [one for one in plain.failures if one.error.cause.rule not in _LATER]
    if wrong:
        raise fail(*(explain(one, plain.stages, tree) for one in wrong))
    known = {one.node.name for one in plain.failures}
    for one in failures:
        if one.node.name not in known:
            path, reason = one.node.path, one.error.cause.message
            message = f"`scale` cannot follow widths through `{path[-1]}`: {reason}"
            help_ = ("scale the depth alone, or write the widths in a variant",)
            raise fail(Diagnostic("FC206", message, _kind(base, path), help=help_))


def _note_stages(stages: StageGraph, read_: Inference, found: Constraints) -> None:
    """That widths stay even, which of them are asserted, and which leave the network."""
    for path, width in found.chosen.items():
        own, even = Sum({path: Fraction(1)}), gcd(EVEN, width)
        found.even.append(Divisibility(own, str(path[-2]), 1, even, at=path))
    for name, facts in read_.stages.items():
        width, config = facts.trunk.channels, facts.node.config
        total = width.exact() if isinstance(width, Number) else Sum({}, Fraction(width))
        if total.parts:
            found.even.append(Divisibility(total, name, 1, gcd(EVEN, width)))
        out = config.out if isinstance(config, StageSpec) else None
        written = next(iter(out.width.parts)) if isinstance(out, Number) and out.width else None
        if written and written not in found.chosen:
            found.asserted[written] = total
    for name, source in stages.outputs:
        left = read_.stages[source].output.channels if source in read_.stages else 0
        width_ = left.width if isinstance(left, Number) else None
        # what leaves is what the network is for, most often classes
        if width_ and not width_.fixed and [*width_.parts.values()] == [1]:
            found.pinned.setdefault(next(iter(width_.parts)), f"it leaves as the output `{name}`")


def _kind(base: Tree, node: Path) -> Span:
    """Where a node says what it is, or what its blocks are, be it in `defaults`."""
    usual = [("defaults", *node[:1], "block", "kind"), ("defaults", "block", "kind")]
    places = [(*node, "block", "kind"), (*node, "block"), (*node, "kind"), *usual]
    written = (path for path in places if path in base.places)
    found = next((path for path in written if isinstance(base.get(path), str)), None)
    return base.value_span(found) if found else base.key_span(node)
