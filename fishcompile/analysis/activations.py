"""Activations and traffic: the numbers that each op writes, and the bytes that it reads and writes.

Both are of evaluation. What lies in the memory of another value, as a flattened map does, is
neither written nor read.
"""

from __future__ import annotations

from math import prod

from fishcompile.ir.graph import Graph, Node


def activations(graph: Graph) -> dict[str, int]:
    """The numbers of one image that each node writes; statistics and indices do not count."""
    types = graph.types
    return {
        node.name: 0
        if node.op.views != "never"
        else node.op.written(tuple([types[name] for name in node.inputs]), node.type)
        for node in graph.nodes
    }


def traffic(graph: Graph, batch: int, width: int) -> dict[str, int]:
    """The bytes that each node moves: operands, parameters and buffers read, its output written.

    Each op is on its own, as eager torch runs it: nothing stays in a cache between two of them.
    """
    written = activations(graph)
    return {
        node.name: _moved(graph, node, batch, width) + written[node.name] * batch * width
        for node in graph.nodes
    }


def _moved(graph: Graph, node: Node, batch: int, width: int) -> int:
    if node.op.views != "never":
        return 0
    read = sum(graph.types[name].elements for name in node.data) * batch
    state = sum(prod(entry.shape) for entry in node.op.state() if entry.shape)
    return (read + state) * width
