"""Isolated convolutions (I-convs): convolutions on a shortcut, which gradients cannot bypass.

Source: Sun et al. 2018. A shortcut is found by traversal: of the two branches that an
addition joins, both from the same value, the one with fewer convolutions of its own. Where both
have as many, neither bypasses the other, and there is no shortcut.
"""

from __future__ import annotations

from fishcompile.ir.graph import Graph, Node
from fishcompile.ops.add import Add
from fishcompile.ops.conv import Conv


def isolated_convolutions(graph: Graph) -> frozenset[str]:
    """The names of the nodes that are I-convs."""
    nodes = {node.name: node for node in graph.nodes}
    found: set[str] = set()
    for node in graph.nodes:
        if isinstance(node.op, Add) and len(node.inputs) == 2:
            inside = f"{node.scope}."
            branches = [_branch(name, inside, nodes) for name in node.inputs]
            (left, left_from), (right, right_from) = branches
            if left_from & right_from:
                one, other = left - right, right - left
                if len(one) != len(other):
                    found |= min(one, other, key=len)
    return frozenset(found)


def _branch(start: str, inside: str, nodes: dict[str, Node]) -> tuple[set[str], set[str]]:
    """The convolutions behind a value inside a scope, and the values from outside it starts at."""
    convolutions: set[str] = set()
    sources: set[str] = set()
    seen = {start}
    todo = [start]
    while todo:
        name = todo.pop()
        node = nodes.get(name)
        if node is None or not name.startswith(inside):
            sources.add(name)
            continue
        if isinstance(node.op, Conv):
            convolutions.add(name)
        for operand in node.data:
            if operand not in seen:
                seen.add(operand)
                todo.append(operand)
    return convolutions, sources
