"""`show --gradients`: what lies between each stage and the outputs, as text and as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fishcompile.analysis.free_paths import ends_of, gradient_paths
from fishcompile.cli.console import aligned

if TYPE_CHECKING:
    from fishcompile.analysis.free_paths import GradientPath
    from fishcompile.ir.graph import Graph

HEADS = ("stage", "free path", "I-convs", "convs", "broken at", "through")


def gradients_text(networks: dict[str, Graph]) -> list[str]:
    """A table for each network as lines, and where its ways begin."""
    lines: list[str] = []
    for name, graph in networks.items():
        rows = [cells_of(path) for path in gradient_paths(graph)]
        begin = f"{name}: from {', '.join(ends_of(graph))}"
        lines += ["", begin, *aligned([HEADS, *rows], left=(0, 1, 4, 5))]
    return lines[1:]


def cells_of(path: GradientPath) -> tuple[str, ...]:
    """The cells of a stage; a dash for what is not there."""
    if not path.reached:
        return (path.stage, "no way", "-", "-", "-", "-")
    counts = (str(len(path.isolated)), str(len(path.convolutions)))
    free = "yes" if path.free else "no"
    return (path.stage, free, *counts, path.broken_at or "-", ", ".join(path.through) or "-")


def gradients_json(networks: dict[str, Graph]) -> str:
    """An object for each network, with one for each stage."""
    found = [
        {
            "name": name,
            "from": list(ends_of(graph)),
            "stages": [_stage(path) for path in gradient_paths(graph)],
        }
        for name, graph in networks.items()
    ]
    return json.dumps({"networks": found}, indent=2)


def _stage(path: GradientPath) -> dict[str, object]:
    return {
        "stage": path.stage,
        "reached": path.reached,
        "free": path.free,
        "isolated_convolutions": list(path.isolated),
        "convolutions": list(path.convolutions),
        "gates": list(path.gates),
        "broken_at": path.broken_at,
        "through": list(path.through),
        "path": list(path.nodes),
    }
