"""Limits on a network: what is too much to be expanded, or to be built."""

from __future__ import annotations

from fishcompile.analysis.costs import Cost
from fishcompile.diagnostics.finding import Diagnostic
from fishcompile.language.stage_graph import StageGraph
from fishcompile.reader.tree import Tree

MAX_BLOCKS = 16_000
MAX_PARAMETERS = 10**11


def too_many_blocks(stages: StageGraph, tree: Tree) -> tuple[Diagnostic, ...]:
    """FC305, told before any block is built: a spec may ask for more than there is memory."""
    total = 0
    for node in stages.nodes:
        total += getattr(node.config, "blocks", 1)
        transfer = getattr(node.config, "transfer", None)
        total += transfer.blocks if transfer else 0
        if total > MAX_BLOCKS:
            message = f"the network has more than {MAX_BLOCKS:,} blocks"
            span = tree.key_span((*node.path, "blocks"))
            return (Diagnostic("FC305", message, span, help=("use fewer blocks or stages",)),)
    return ()


def giant(total: Cost, tree: Tree) -> list[Diagnostic]:
    """FC305 for a network of more parameters than one may have."""
    if total.parameters <= MAX_PARAMETERS:
        return []
    message = f"the network has {total.parameters:,} parameters; the limit is {MAX_PARAMETERS:,}"
    span = tree.key_span(("name",))
    return [Diagnostic("FC305", message, span, help=("make it narrower or shallower",))]
