"""Tables in HTML, that scroll by themselves where they are wide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from fishcompile.cli.show_text import cell_text
from fishcompile.formats._snippets import visible

if TYPE_CHECKING:
    from fishcompile.cli.show_figures import Cell, Table


def table_lines(table: Table, caption: str, attributes: str) -> Iterator[str]:
    """A table of figures; each number stands beside its text, to be sorted by."""
    heads = [f"{column.head} MB" if column.bytes else column.head for column in table.columns]
    texts = [
        [(cell, cell_text(cell, column)) for cell, column in zip(row, table.columns, strict=True)]
        for row in table.rows
    ]
    yield f'<div class="scroll" tabindex="0"><table {attributes}>'
    yield f"<caption>{escape(caption)}</caption>"
    yield from _head(heads)
    yield "<tbody>"
    for row in texts:
        last = ' class="total"' if row[0][0] == "total" else ""
        yield f"<tr{last}>{''.join(_cell(*each) for each in row)}</tr>"
    yield "</tbody></table></div>"


def plain_lines(heads: Sequence[str], rows: Sequence[Sequence[str]], caption: str) -> Iterator[str]:
    """A table of texts."""
    yield f'<div class="scroll" tabindex="0"><table><caption>{escape(caption)}</caption>'
    yield from _head(heads)
    yield "<tbody>"
    for row in rows:
        yield f"<tr>{''.join(_cell(cell, cell) for cell in row)}</tr>"
    yield "</tbody></table></div>"


def _head(heads: Sequence[str]) -> Iterator[str]:
    cells = "".join(f'<th scope="col">{escape(visible(head))}</th>' for head in heads)
    yield f"<thead><tr>{cells}</tr></thead>"


def _cell(value: Cell, text: str) -> str:
    number = value if isinstance(value, int | float) else ""
    kind = f' class="n" data-n="{number}"' if number != "" else ""
    return f"<td{kind}>{escape(visible(text))}</td>"
