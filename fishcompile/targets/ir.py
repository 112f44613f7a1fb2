"""The IR target: the graph of primitive ops as text, which `ir.text.parse_graph` reads back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fishcompile.targets.base import Target

if TYPE_CHECKING:
    from fishcompile.pipeline import Analysis


def ir_text(analysis: Analysis) -> str:
    """The graph of a spec, one scope or node a line."""
    from fishcompile.ir.text import print_graph

    return print_graph(analysis.inference.graph)


TARGET = Target("the graph as text", "an ir", ir_text)
