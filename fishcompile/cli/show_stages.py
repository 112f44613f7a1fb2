"""The stage table of a spec as text, as the article *Understanding FishNet* has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fishcompile.analysis.table import stage_table
from fishcompile.cli.console import aligned

if TYPE_CHECKING:
    from fishcompile.analysis.table import Row
    from fishcompile.pipeline import Analysis

_HEADS = ("stage", "input", "output", "blocks", "I-convs", "convs", "parameters", "MACs")


def table_lines(analysis: Analysis) -> list[str]:
    """The table as lines of text, the sum last."""
    rows = [_cells(row) for row in stage_table(analysis.inference, analysis.costs)]
    total = analysis.total
    figures = (total.isolated, total.convolutions, total.parameters, total.macs)
    rows.append(("total", "", "", "", *(f"{figure:,}" for figure in figures)))
    return aligned([_HEADS, *rows], left=range(3))


def _cells(row: Row) -> tuple[str, ...]:
    blocks = f"{row.blocks} + {row.transfers}" if row.transfers else str(row.blocks)
    cost = row.cost
    figures = (cost.isolated, cost.convolutions, cost.parameters, cost.macs)
    return (row.name, row.input, row.output, blocks, *(f"{figure:,}" for figure in figures))
