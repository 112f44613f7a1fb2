"""Template: a block's expansion with names relative to the block, to be laid down again elsewhere.

A network repeats its blocks: those of equal type, parameters and input types expand to the same
nodes but for their names. Formulas speak of the block's own parameters, so they repeat as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fishcompile.ir.graph import Node, Scope, Skipped, Value
from fishcompile.ops.tensor import TensorType


@dataclass(frozen=True)
class Template:
    """Nodes, scopes and what is left out below a path, and the output; inputs are named #0, #1."""

    nodes: tuple[Node, ...]
    scopes: tuple[Scope, ...]
    skipped: tuple[Skipped, ...]
    output: str
    type: TensorType


def cut(
    path: str,
    inputs: Sequence[Value],
    output: Value,
    nodes: Sequence[Node],
    scopes: Sequence[Scope],
    skipped: Sequence[Skipped],
) -> Template:
    """The template of what has just been expanded at `path`."""
    names = {value.name: f"#{index}" for index, value in enumerate(inputs)}
    below = len(path)

    def relative(name: str) -> str:
        return names[name] if name in names else name[below:]

    return Template(
        tuple(_node(node, node.name[below:], tuple(map(relative, node.inputs))) for node in nodes),
        tuple(
            _scope(s, s.name[below:], tuple(map(relative, s.inputs)), relative(s.output))
            for s in scopes
        ),
        tuple(Skipped(s.name[below:], relative(s.source), s.when, s.after) for s in skipped),
        relative(output.name),
        output.type,
    )


def lay(
    template: Template, path: str, inputs: Sequence[Value]
) -> tuple[list[Node], list[Scope], list[Skipped]]:
    """The template's nodes, scopes and what is left out at `path`, reading `inputs`."""
    names = {f"#{index}": value.name for index, value in enumerate(inputs)}

    def absolute(name: str) -> str:
        return names[name] if name in names else path + name

    nodes = [
        _node(node, path + node.name, tuple(map(absolute, node.inputs))) for node in template.nodes
    ]
    scopes = [
        _scope(s, path + s.name, tuple(map(absolute, s.inputs)), absolute(s.output))
        for s in template.scopes
    ]
    skipped = [
        Skipped(path + s.name, absolute(s.source), s.when, s.after) for s in template.skipped
    ]
    return nodes, scopes, skipped


def _node(node: Node, name: str, inputs: tuple[str, ...]) -> Node:
    return Node(name, node.op, inputs, node.type, node.formulas)


def _scope(scope: Scope, name: str, inputs: tuple[str, ...], output: str) -> Scope:
    return Scope(name, scope.kind, scope.params, scope.formulas, inputs, output)
