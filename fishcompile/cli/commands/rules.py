"""`fishcompile rules`: all rules, one line each."""

from __future__ import annotations

import typer

from fishcompile.cli.light import LightCommand
from fishcompile.rules import registry


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("rules", cls=LightCommand, epilog="Example: fishcompile rules")(rules)


def rules() -> None:
    """List all rules: id, severity, name, and what it asks for."""
    rows = [(rule.id, rule.severity, rule.name, rule.what) for rule in registry().values()]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for *cells, what in rows:
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        print("  ".join([*padded, what]))
