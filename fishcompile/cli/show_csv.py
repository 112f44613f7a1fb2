"""`show` as comma-separated values: numbers as they are, `all` for a field without end."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fishcompile.cli.show_figures import Table


def csv_of(table: Table) -> str:
    """The table, its keys in the first line."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([column.key for column in table.columns])
    writer.writerows([["all" if cell is None else cell for cell in row] for row in table.rows])
    return out.getvalue().rstrip("\n")
