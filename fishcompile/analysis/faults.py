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
from fishcompile.tree import Path, Tree

if TYPE_CHECKING:
    from fishcompile.analysis.shapes import StageFacts


def explain(
    error: ExpansionError,
    node: StageNode,
    inputs: tuple[Value, ...],
    facts: Mapping[str, StageFacts],
    tree: Tree,
) -> Diagnostic:
    """The diagnostic for a stage whose block does not fit its inputs."""
    edges = [
        f"{role} {edge.source} -> {node.name}: {value.type}"
        for role, edge, value in zip(("trunk   ", "transfer"), node.inputs, inputs, strict=False)
    ]
    related = [
        Related(tree.key_span(facts[edge.source].node.path), f"{edge.source} produces {value.type}")
        for edge, value in zip(node.inputs, inputs, strict=True)
        if edge.source != INPUT
    ]
    path = _place(error, node, tree)
    return Diagnostic(
        error.rule,
        f"{node.name}: {error.message}",
        tree.value_span(path) if path in tree.places else tree.key_span(path),
        related=tuple(related),
        notes=("\n".join(edges), f"found at {error.node}"),
        help=_ways_out(error, node, inputs, facts),
    )


def _place(error: ExpansionError, node: StageNode, tree: Tree) -> Path:
    """The written key that the fault leads back to, or the stage (or stem layer) itself."""
    if node.name == "stem":
        return ("stem", error.node.split(".")[1])
    if error.rule == "FC303" and (*node.path, "transfer", "from") in tree.places:
        return (*node.path, "transfer", "from")
    for field in error.fields:
        path = (*node.path, *WRITTEN.get(field, (field,)))
        if path in tree.places:
            return path
    return node.path


def _ways_out(
    error: ExpansionError,
    node: StageNode,
    inputs: tuple[Value, ...],
    facts: Mapping[str, StageFacts],
) -> tuple[str, ...]:
    match error.rule:
        case "FC302" if "k" in error.fields:
            channels = inputs[0].type.channels
            near = [k for k in range(1, 65) if channels % k == 0][:6]
            return (f"divisors of {channels}: {', '.join(map(str, near))}",)
        case "FC302" if "groups" in error.fields:
            return ("choose `groups` that divide the block's middle width, out // reduction",)
        case "FC302":
            return ("make the stage wider, or `block: {reduction: ...}` smaller",)
        case "FC303" if isinstance(node.config, StageSpec):
            return _skips(node, inputs, facts)
        case "FC304":
            return ("raise `input.size`, or sample down less often",)
        case _:
            return ()


def _skips(
    node: StageNode, inputs: tuple[Value, ...], facts: Mapping[str, StageFacts]
) -> tuple[str, ...]:
    """The stages whose output would fit as the skip of a stage that samples by two."""
    config = node.config
    assert isinstance(config, StageSpec)
    sides = inputs[0].type.sides
    if config.up.kind != "none":
        fitting = [
            name
            for name, fact in facts.items()
            if len(fact.output.sides) == 2 and fact.output.sides > sides
        ]
    else:
        step = config.down.stride if config.down.kind != "none" else 1
        want = tuple(side // step for side in sides)
        fitting = [name for name, fact in facts.items() if fact.output.sides == want]
    names = ", ".join(f"`{name}` ({facts[name].output})" for name in fitting if name != node.name)
    return (f"skips that fit here: {names}",) if names else ("no stage before it fits as its skip",)
