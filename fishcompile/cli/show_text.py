"""`show` as text: a table, bytes in megabytes, and what holds for the whole below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fishcompile.cli.console import aligned

if TYPE_CHECKING:
    from fishcompile.analysis.figures import Figures
    from fishcompile.cli.show_figures import Cell, Column, Table


def text_of(table: Table) -> list[str]:
    """The table as lines."""
    heads = tuple(f"{column.head} MB" if column.bytes else column.head for column in table.columns)
    rows = [
        tuple(cell_text(cell, column) for cell, column in zip(row, table.columns, strict=True))
        for row in table.rows
    ]
    return aligned([heads, *rows], left=range(table.left))


def cell_text(cell: Cell, column: Column) -> str:
    """A cell as it is read: numbers with commas, bytes as megabytes, a field without end as all."""
    if cell is None:
        return "all"
    if isinstance(cell, str):
        return cell
    if column.bytes:
        return f"{cell / 1e6:,.2f}"
    return f"{cell:,.2f}" if isinstance(cell, float) else f"{cell:,}"


def whole_of(found: Figures, memory: dict[str, int]) -> list[str]:
    """What holds for one network as a whole, as lines."""
    sides = "x".join(map(str, found.graph.inputs[0].type.sides))
    images = "1 image" if found.batch == 1 else f"{found.batch:,} images"
    training = ", ".join(
        f"{size / 1e6:,.2f} with {name.removeprefix('training_')}"
        for name, size in memory.items()
        if name.startswith("training_")
    )
    return [
        f"{images} of {sides} in {found.dtype}; MB are 10^6 bytes",
        f"weights {memory['weights'] / 1e6:,.2f} MB, buffers {memory['buffers'] / 1e6:,.2f} MB",
        f"saved for the backward {memory['saved'] / 1e6:,.2f} MB",
        f"peak of inference {memory['inference'] / 1e6:,.2f} MB",
        f"peak of a training step, MB: {training}",
    ]
