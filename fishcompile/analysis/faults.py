"""A failed expansion in the author's terms: the key it leads back to, and its inputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from fishcompile.diagnostics import Diagnostic, Related
from fishcompile.expand import WRITTEN
from fishcompile.ir.builder import ExpansionError
from fishcompile.ir.graph import Value
from fishcompile.language.spec import StageSpec
from fishcompile.language.stage_graph import INPUT, StageNode
from fishcompile.tensor import TensorType
from fishcompile.tree import Path, Tree

if TYPE_CHECKING:
    from fishcompile.analysis.shapes import StageFacts

    Facts = Mapping[str, StageFacts]


def explain(
    error: ExpansionError, node: StageNode, inputs: tuple[Value, ...], facts: Facts, tree: Tree
) -> Diagnostic:
    """The diagnostic for a stage whose block does not fit its inputs."""
    edges = [
        f"{role} {edge.source} -> {node.name}: {value.type}"
        for role, edge, value in zip(("trunk   ", "transfer"), node.inputs, inputs, strict=False)
    ]
    related = [
        Related(tree.key_span(facts[edge.source].node.path), f"{edge.source} gives {value.type}")
        for edge, value in zip(node.inputs, inputs, strict=True)
        if edge.source != INPUT
    ]
    path = _place(error, node, tree)
    # a stage as a whole is pointed at by its name, a key by what is written for it
    span = tree.key_span(path) if path == node.path or len(path) < 3 else tree.value_span(path)
    return Diagnostic(
        error.cause.rule,
        f"{node.name}: {_message(error, node)}",
        span,
        related=tuple(related),
        notes=("\n".join(edges), f"found at {error.node}"),
        help=_ways_out(error, node, facts),
    )


def _merges(error: ExpansionError, node: StageNode) -> bool:
    """Whether it is the merge of trunk and skip that does not fit."""
    return error.cause.operand == 1 and len(error.operands) == 2 and len(node.inputs) == 2


def _message(error: ExpansionError, node: StageNode) -> str:
    if not _merges(error, node):
        return error.cause.message
    trunk, skip = error.operands
    source = node.inputs[1].source
    if error.cause.rule == "FC301":
        return f"cannot add {skip.channels} channels from {source} to {trunk.channels}"
    have, want = ("x".join(map(str, side)) for side in (skip.sides, trunk.sides))
    if isinstance(node.config, StageSpec) and node.config.up.kind != "none":
        return f"cannot bring a {want} map up to {have}, the size of {source}"
    return f"cannot merge the {have} of {source} with a {want} trunk"


def _place(error: ExpansionError, node: StageNode, tree: Tree) -> Path:
    """The written key that the fault leads back to, or the stage (or stem layer) itself."""
    if node.name == "stem":
        return ("stem", error.node.split(".")[1])
    keys = [WRITTEN.get(field, (field,)) for field in error.fields]
    if _merges(error, node):
        keys = [("merge",)] if error.cause.rule == "FC301" else []
        keys.append(("transfer", "from"))
    for key in keys:
        path = (*node.path, *key)
        if path in tree.places:
            return path
    return node.path


def _ways_out(error: ExpansionError, node: StageNode, facts: Facts) -> tuple[str, ...]:
    number = error.cause.divide
    if number is not None:
        divisors = [str(k) for k in range(1, min(number, 4096) + 1) if number % k == 0]
        more = ", ..." if len(divisors) > 8 else ""
        return (f"{number} can be split into {', '.join(divisors[:8])}{more}",)
    match error.cause.rule:
        case "FC302":
            return ("make the stage wider, or `block: {reduction: ...}` smaller",)
        case "FC301" if _merges(error, node):
            return ("`merge: concat` joins any widths", _skips(error, facts))
        case "FC303" if _merges(error, node):
            return (_skips(error, facts),)
        case "FC304":
            return ("raise `input.size`, or sample down less often",)
        case _:
            return ()


def _skips(error: ExpansionError, facts: Facts) -> str:
    """The stages before this one whose output would fit in the place of the skip."""
    trunk = error.operands[0]
    fitting = [name for name, fact in facts.items() if _fits(error, trunk, fact.output)]
    names = ", ".join(f"`{name}` ({facts[name].output})" for name in fitting)
    return f"skips that fit here: {names}" if names else "no stage before it fits as its skip"


def _fits(error: ExpansionError, trunk: TensorType, skip: TensorType) -> bool:
    if len(skip.sides) != 2:
        return False
    if error.node.endswith(".up"):
        return all(to >= side for side, to in zip(trunk.sides, skip.sides, strict=True))
    same_width = error.cause.rule != "FC301" or skip.channels == trunk.channels
    return skip.sides == trunk.sides and same_width
