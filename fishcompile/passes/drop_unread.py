"""The pass `drop_unread`: what no output and no tap is made of goes, with its weights.

Before: any sound graph. After: outputs and taps are equal, and every node is read, if only for its
size. A block keeps what it gives out, and a row of blocks keeps all of them.
"""

from __future__ import annotations

from fishcompile.ir.edit import named, replace_nodes
from fishcompile.ir.graph import Graph
from fishcompile.passes.base import Dropped, Pass, Passed


def _run(graph: Graph) -> Passed:
    # what a block gives out has to be made in it
    wanted = set(named(graph)) | {scope.output for scope in graph.scopes}
    for node in reversed(graph.nodes):
        if node.name in wanted:
            wanted.update(node.inputs)
    gone = [node for node in graph.nodes if node.name not in wanted]
    after = replace_nodes(graph, {node.name: () for node in gone})
    return Passed(after, tuple(Dropped(node.name) for node in gone if node.op.state()))


PASS = Pass("drop what no output and no tap is made of", _run)
