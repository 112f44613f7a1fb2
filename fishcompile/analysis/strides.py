"""The stride of every value: how many pixels of the input one step in it stands for, per side.

Strides need not grow along the data: a fish goes down, up and down again.
"""

from __future__ import annotations

from fishcompile.ir.graph import Graph


def strides(graph: Graph) -> dict[str, int]:
    """The stride of every value by name; the input has 1."""
    known = {value.name: 1 for value in graph.inputs}
    for node in graph.nodes:
        known[node.name] = node.op.output_stride(*(known[name] for name in node.inputs))
    return known
