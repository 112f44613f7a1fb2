"""The figures of specs as tables: of one its stages, blocks or ops, several side by side.

A cell is a number or a text; how it is printed is the format's matter. None stands for all of the
image, where a receptive field is meant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fishcompile.analysis.figures import intensity
from fishcompile.analysis.memory import OPTIMIZERS
from fishcompile.record import record

if TYPE_CHECKING:
    from fishcompile.analysis.figures import Figures, Level, Row

Cell = str | int | float | None


@record
class Column:
    """A column: its head, its key in JSON and CSV, and whether its numbers are bytes."""

    head: str
    key: str
    bytes: bool = False


@record
class Table:
    """Columns and the cells below them; `left` columns are of texts."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    left: int


_COLUMNS = (
    Column("", "name"),
    Column("kind", "kind"),
    Column("output", "output"),
    Column("parameters", "parameters"),
    Column("MACs", "macs"),
    Column("activations", "activations"),
    Column("moved", "traffic", bytes=True),
    Column("FLOPs/B", "intensity"),
    Column("saved", "saved", bytes=True),
    Column("memory", "memory", bytes=True),
    Column("field", "receptive_field"),
    Column("stride", "stride"),
)


def rows_of(found: Figures, by: Level) -> Table:
    """The rows of one network, and their sum."""
    rows = found.rows(by)
    first = Column(by, "name")
    cells = [_cells(found, row) for row in rows]
    return Table((first, *_COLUMNS[1:]), (*cells, _total(found)), left=3)


def _cells(found: Figures, row: Row) -> tuple[Cell, ...]:
    return (
        row.name,
        row.kind,
        str(found.graph.types[row.value]),
        row.cost.parameters,
        row.cost.macs,
        row.activations,
        row.traffic,
        round(intensity(row.cost.macs * found.batch, row.traffic), 2),
        row.saved,
        row.memory,
        found.receptive_fields[row.value],
        found.strides[row.value],
    )


def _total(found: Figures) -> tuple[Cell, ...]:
    return (
        "total",
        "",
        "",
        found.cost.parameters,
        found.cost.macs,
        sum(found.activations.values()),
        sum(found.traffic.values()),
        round(found.intensity, 2),
        sum(found.memory.saved.values()),
        max(found.memory.inference, default=0),
        "",
        "",
    )


def memory_of(found: Figures) -> dict[str, int]:
    """Bytes of the network as a whole, by what they are."""
    memory = found.memory
    training = {f"training_{name}": memory.training_peak(name) for name in OPTIMIZERS}
    return {
        "weights": memory.weights,
        "buffers": memory.buffers,
        "saved": sum(memory.saved.values()),
        "inference": memory.inference_peak(),
        **training,
    }


def side_by_side(networks: dict[str, Figures]) -> Table:
    """A row a figure, a column a network."""
    figures = [_compared(found) for found in networks.values()]
    rows = tuple((name, *(each[name] for each in figures)) for name in figures[0])
    columns = (Column("", "figure"), *(Column(name, name) for name in networks))
    return Table(columns, rows, left=1)


def _compared(found: Figures) -> dict[str, Cell]:
    sides = "x".join(map(str, found.graph.inputs[0].type.sides))
    cost = found.cost
    return {
        "image": sides,
        "parameters": cost.parameters,
        "MACs": cost.macs,
        "convolutions": cost.convolutions,
        "I-convs": cost.isolated,
        "activations": sum(found.activations.values()),
        "bytes moved": sum(found.traffic.values()),
        "FLOPs per byte": round(found.intensity, 2),
        **{f"bytes, {name.replace('_', ' ', 1)}": size for name, size in memory_of(found).items()},
    }
