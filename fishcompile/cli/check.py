"""`fishcompile check`: does a spec hold together?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fishcompile.cli.console import print_report
from fishcompile.cli.light import LightCommand
from fishcompile.diagnostics import Report, SpecError
from fishcompile.pipeline import analyse
from fishcompile.reader import UnreadableError


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(
        "check", cls=LightCommand, epilog="Example: fishcompile check specs/fishnet99.yaml"
    )(check)


def check(
    specs: Annotated[list[Path], typer.Argument(metavar="SPEC...", help="Specs to check.")],
) -> None:
    """Check specs: names, shapes, the spec's own table. Needs no torch."""
    code = 0
    clean = 0
    for spec in specs:
        report, unreadable = _report(spec)
        if report.diagnostics:
            print_report(report)
        clean += report.ok
        code = max(code, 2 if unreadable else 0 if report.ok else 1)
    if code == 0:
        print(f"{clean} spec{'s' if clean != 1 else ''} checked, no errors")
    raise typer.Exit(code)


def _report(spec: Path) -> tuple[Report, bool]:
    try:
        return analyse(spec).report, False
    except SpecError as error:
        return error.report, isinstance(error, UnreadableError)
