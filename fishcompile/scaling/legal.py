"""Whether the widths of a base are what its own stages can take, so that scaled ones can be."""

from __future__ import annotations

from fishcompile.diagnostics.finding import Diagnostic, fail
from fishcompile.diagnostics.source import Span
from fishcompile.language.stage_graph import StageGraph
from fishcompile.reader.tree import Path, Tree
from fishcompile.scaling.demands import read_widths
from fishcompile.scaling.network import UnfollowedError, Widths

# A width is the sum of all that are concatenated into it, so that the work grows with the square.
MAX_STAGES = 200
MAX_WIDTH = 2**40


def legal_widths(stages: StageGraph, base: Tree) -> Widths:
    """The widths of a base. Raises SpecError where they do not fit each other."""
    if len(stages.nodes) > MAX_STAGES:
        message = f"a network of more than {MAX_STAGES:,} stages is not scaled"
        raise fail(Diagnostic("FC305", message, base.key_span(("name",))))
    try:
        widths = read_widths(stages, base)
    except UnfollowedError as error:
        message = f"`scale` cannot follow widths through `{error.node[-1]}`: {error.reason}"
        help_ = ("scale the depth alone, or write the widths in a variant",)
        raise fail(Diagnostic("FC206", message, _kind(base, error.node), help=help_)) from None
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
