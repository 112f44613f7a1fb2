"""`fishcompile rules`: all rules, one line each."""

from __future__ import annotations

import typer

from fishcompile.cli.console import aligned
from fishcompile.cli.light import LightCommand
from fishcompile.rules import registry


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("rules", cls=LightCommand, epilog="Example: fishcompile rules")(rules)


def rules() -> None:
    """List all rules: id, severity, name, and what it asks for."""
    rows = [(rule.id, rule.severity, rule.name, rule.what) for rule in registry().values()]
    print("\n".join(aligned(rows, left=range(4))))
