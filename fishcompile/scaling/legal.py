"""The constraints of a base: which widths it chooses, what is asked of them, and what it counts.

The base has to hold by itself: only then can a scaled one.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import gcd
from typing import Any

from fishcompile.analysis.shapes import Failure, Inference, infer
from fishcompile.blame.stages import explain
from fishcompile.diagnostics.finding import Diagnostic, SpecError, fail
from fishcompile.language.defaults import apply_defaults
from fishcompile.language.fish_to_graph import stage_graph
from fishcompile.language.nodes import definitions
from fishcompile.language.parse import parse_spec
from fishcompile.language.spec import StageSpec, TransferSpec
from fishcompile.language.stage_graph import StageGraph
from fishcompile.reader.tree import Path, Tree
from fishcompile.scaling.constraints import Constraints, Divisibility, Sum
from fishcompile.scaling.number import Count, Number, as_sum
from fishcompile.scaling.reading import OF_SIDES, read
from fishcompile.scaling.roles import Roles
from fishcompile.scaling.rounding import EVEN
from fishcompile.schema.validate import validate

# A width is the sum of all that are concatenated into it, so that the work grows with the square.
MAX_STAGES = 200
# What a variant may mend, and what a plug-in does wrong, are left to the check.
_LATER = (*OF_SIDES, "FC207")


def constraints_of(base: Tree, *, needed: bool = True) -> Constraints:
    """What the widths of a base have to keep; where not `needed`, as far as can be read.

    Raises SpecError where it fits no schema, does not hold, or cannot be followed.
    """
    if found := validate(base):
        raise fail(*found)
    record = Constraints()
    stages = _followed(base, record)
    try:
        if len(stages.nodes) > MAX_STAGES:
            message = f"a network of more than {MAX_STAGES:,} stages is not scaled"
            raise fail(Diagnostic("FC305", message, base.key_span(("name",))))
        read_ = read(stages, record)
        if read_.failures:
            _refuse(base, read_.failures)
        _note_stages(stages, read_, record)
    except SpecError:
        if needed:
            raise
    return record


def _followed(base: Tree, record: Constraints) -> StageGraph:
    """The stages of a valid spec, with numbers for the widths that it chooses and its counts.

    A number keeps the path where it was written, also where `defaults` bring it to a stage.
    """
    tree = apply_defaults(base)
    blocks: Any = base.value.get("blocks", {})
    roles = Roles({block.name: block for block in definitions(blocks)})
    # an alias has the places of its anchor, but in a section once
    usual = {
        (place.value, path[1]): path
        for path, place in base.places.items()
        if path[:1] == ("defaults",) and len(path) > 1
    }

    def numbered(value: Any, path: Path) -> Any:
        if not isinstance(value, dict) or path[-1:] == ("expect",):
            return value
        is_default = path[:1] == ("blocks",) and path[2:] == ("parameters",)
        kind = path[1] if is_default else value.get("kind")
        made = {}
        for key, item in value.items():
            at = (*path, key)
            if at in tree.places and at not in base.places:
                span = tree.value_span(at)
                at = usual.get((span, at[0])) or usual.get((span, "block"), at)
            own = Sum({at: Fraction(1)})
            made[key] = numbered(item, (*path, key))
            if not isinstance(item, int) or isinstance(item, bool):
                continue
            if roles.is_width(kind, key):
                record.base[at] = item
                made[key] = Number(item, record, own)
            elif roles.is_count(kind, key):
                record.counts[at] = item
                made[key] = Count(item, Constraints(record.base, is_muted=True), own)
        transfer = value.get("transfer")
        # of a stage: nodes of a block may have these names too
        is_stage = isinstance(value.get("blocks"), int)
        if is_stage and isinstance(transfer, dict) and "blocks" not in transfer:
            record.counts[*path, "transfer", "blocks"] = TransferSpec.blocks
        return made

    tree = replace(tree, value=numbered(tree.value, ()))
    stages = stage_graph(parse_spec(tree), tree)
    used = {block.name for block in stages.blocks}
    # blocks that the network has no use for count nothing
    record.counts = {
        path: count for path, count in record.counts.items()
        if path[0] != "blocks" or path[1] in used
    }  # fmt: skip
    return stages


def _refuse(base: Tree, failures: tuple[Failure, ...]) -> None:
    """Raises what is wrong with a base by itself, or with following its widths."""
    tree = apply_defaults(base)
    plain = infer(stage_graph(parse_spec(tree), tree))
    wrong = [one for one in plain.failures if one.error.cause.rule not in _LATER]
    if wrong:
        raise fail(*(explain(one, plain.stages, tree) for one in wrong))
    known = {one.node.path for one in plain.failures}
    help_ = ("scale the depth alone, or write the widths in a variant",)
    unfollowed = [
        Diagnostic(
            "FC206",
            f"`scale` cannot follow widths through `{one.node.name}`: {one.error.cause}",
            base.value_span((*one.node.path, "kind")),
            help=help_,
        )
        for one in failures
        if one.node.path not in known
    ]
    if unfollowed:
        raise fail(*unfollowed)


def _note_stages(stages: StageGraph, read_: Inference, found: Constraints) -> None:
    """That widths stay even, which of them are asserted, and which leave the network."""
    for path, width in found.chosen.items():
        own, even = Sum({path: Fraction(1)}), gcd(EVEN, width)
        found.even.append(Divisibility(own, str(path[-2]), even, at=path))
    for name, facts in read_.stages.items():
        width, config = facts.trunk.channels, facts.node.config
        total = as_sum(width)
        if total.parts:
            found.even.append(Divisibility(total, name, gcd(EVEN, width)))
        out = config.out if isinstance(config, StageSpec) else None
        written = next(iter(out.width.parts)) if isinstance(out, Number) and out.width else None
        if written and written not in found.chosen:
            found.asserted[written] = total
    for name, source in stages.outputs:
        left = as_sum(read_.stages[source].output.channels if source in read_.stages else 0)
        # what leaves is what the network is for, most often classes
        if not left.fixed and [*left.parts.values()] == [1]:
            found.pinned.setdefault(next(iter(left.parts)), f"goes with the output `{name}`")
