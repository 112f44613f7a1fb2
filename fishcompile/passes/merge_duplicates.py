"""The pass `merge_duplicates`: what is computed twice from the same values is computed once.

Before: any sound graph. After: outputs and taps are equal. Of nodes without weights that are the
same op of the same inputs the first is left, where all of them stand in the same block, and the
others read it; what is random in training is left alone.
"""

from __future__ import annotations

from fishcompile.ir.edit import named, replace_nodes, replace_uses
from fishcompile.ir.graph import Graph
from fishcompile.ops.dropout import Dropout
from fishcompile.passes.base import Pass, Passed


def _run(graph: Graph) -> Passed:
    given = named(graph) | {scope.output for scope in graph.scopes}
    first: dict[object, str] = {}
    same: dict[str, str] = {}
    for node in graph.nodes:
        if node.op.state() or isinstance(node.op, Dropout):
            continue
        read = tuple(same.get(name, name) for name in node.inputs)
        found = first.setdefault((node.op, read, node.scope), node.name)
        if found != node.name and node.name not in given:
            same[node.name] = found
    return Passed(replace_uses(replace_nodes(graph, dict.fromkeys(same, ())), same))


PASS = Pass("compute once what is computed twice", _run)
