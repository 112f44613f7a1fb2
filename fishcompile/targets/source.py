"""The source target: a checked spec as the text of a Python file."""

from __future__ import annotations

from fishcompile.pipeline import Analysis
from fishcompile.targets.python_source.emit import emit


def emit_source(analysis: Analysis) -> str:
    """The text of the standalone file for a spec without errors."""
    return emit(analysis.inference.graph, analysis.digest, analysis.total)
