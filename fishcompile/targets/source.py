"""The source target: a checked spec as the text of a Python file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fishcompile.targets.base import Target

if TYPE_CHECKING:
    from fishcompile.pipeline import Analysis


def emit_source(analysis: Analysis) -> str:
    """The text of the standalone file for a spec without errors."""
    from fishcompile.targets.python_source.emit import emit

    graph, digest, total = analysis.inference.graph, analysis.digest, analysis.total
    return emit(graph, digest, total, analysis.passes)


TARGET = Target("a Python file", "a source", emit_source, suffix=".py", stamped=True)
