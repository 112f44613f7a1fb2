"""`show` as a table in Markdown, with the cells of the text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fishcompile.cli.show_text import cell_text

if TYPE_CHECKING:
    from fishcompile.cli.show_figures import Table


def markdown_of(table: Table) -> list[str]:
    """The table as lines."""
    heads = [f"{column.head} MB" if column.bytes else column.head for column in table.columns]
    rule = ["---" if at < table.left else "---:" for at in range(len(heads))]
    rows = [
        [cell_text(cell, column) for cell, column in zip(row, table.columns, strict=True)]
        for row in table.rows
    ]
    lines = (heads, rule, *rows)
    # the path of a file may hold a bar; names of the language do not
    return [
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines
    ]
