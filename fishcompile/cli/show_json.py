"""`show` as JSON: an object for each network, numbers as they are, null for a field without end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fishcompile.cli.show_figures import memory_of, rows_of

if TYPE_CHECKING:
    from fishcompile.analysis.figures import Figures, Level


def json_of(networks: dict[str, Figures], by: Level) -> str:
    """The networks, each with its rows."""
    found = {"networks": [_network(name, each, by) for name, each in networks.items()]}
    return json.dumps(found, indent=2)


def _network(name: str, found: Figures, by: Level) -> dict[str, Any]:
    table = rows_of(found, by)
    keys = [column.key for column in table.columns]
    *rows, total = (dict(zip(keys, row, strict=True)) for row in table.rows)
    for empty in ("name", "kind", "output", "receptive_field", "stride"):
        del total[empty]
    return {
        "name": name,
        "size": list(found.graph.inputs[0].type.sides),
        "batch": found.batch,
        "dtype": found.dtype,
        "total": {
            **total,
            "convolutions": found.cost.convolutions,
            "isolated_convolutions": found.cost.isolated,
        },
        "bytes": memory_of(found),
        "by": by,
        "rows": rows,
    }
