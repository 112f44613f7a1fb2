"""Widths: the one number that brings an operand of a sum or product to the width of the other."""

from __future__ import annotations

from collections.abc import Mapping

from fishcompile.analysis.shapes import Failure
from fishcompile.analysis.stage_facts import StageFacts
from fishcompile.diagnostics.finding import Fix
from fishcompile.reader.respell import rewritten
from fishcompile.reader.tree import Tree, walk


def width_of(
    failure: Failure, facts: Mapping[str, StageFacts], tree: Tree
) -> tuple[str, tuple[Fix, ...]] | None:
    """What to write and its edit, where a node that writes its width is read by the sum alone.

    The operand that does not fit is asked first, then the one that it is held against.
    """
    error, node = failure.error, failure.node
    at = error.cause.operand
    if error.cause.rule != "FC301" or error.node != node.name or at is None:
        return None
    if getattr(node.config, "kind", "") not in ("add", "mul") or at >= len(node.inputs):
        return None
    wanted = {at: error.operands[0].channels}
    if len(node.inputs) == 2:
        wanted[0] = error.operands[at].channels
    for position, channels in wanted.items():
        source = node.inputs[position].source
        if source in facts and _is_free(source, facts, tree):
            path = (*facts[source].node.path, "out")
            fixes = rewritten(tree.value_span(path), str(channels), safe=False)
            return f"write `out: {channels}` at {source}", fixes
    return None


def _is_free(source: str, facts: Mapping[str, StageFacts], tree: Tree) -> bool:
    """Whether a node writes its width as a number, and nothing but the sum reads it."""
    node = facts[source].node
    path = (*node.path, "out")
    if path not in tree.places or not isinstance(tree.get(path), int):
        return False
    named = sum(value == source for _, value in walk(tree.value))
    read = any(edge.source == source for fact in facts.values() for edge in fact.node.inputs)
    return named == 1 and not read
