"""`fishcompile lsp`: the language server for editors, over standard input and output."""

from __future__ import annotations

import gc
from typing import Annotated

import typer

from fishcompile.cli.light import LightCommand
from fishcompile.diagnostics.errors import UsageError


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("lsp", cls=LightCommand, epilog="An editor starts it; see docs/editors.md.")(lsp)


def lsp(
    stdio: Annotated[  # noqa: ARG001
        bool, typer.Option("--stdio", help="Accepted because editors pass it; it is the only way.")
    ] = False,
) -> None:
    """Serve an editor: live findings, hover, completion, rename, over stdin and stdout.

    Needs the extra `lsp`.
    """
    try:
        import pygls  # noqa: F401
    except ModuleNotFoundError:
        way_out = "pip install 'fishcompile[lsp]'"
        raise UsageError("the language server needs pygls", way_out) from None
    from fishcompile.lsp.requests import serve

    gc.enable()  # a server lives long; see entry.py
    raise typer.Exit(serve())
