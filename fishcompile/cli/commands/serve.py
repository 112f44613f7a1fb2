"""`fishcompile serve`: a spec in an editor beside its picture, in a browser on this machine."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Annotated

import typer

from fishcompile.cli.light import LightCommand
from fishcompile.diagnostics.errors import UsageError


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("serve", cls=LightCommand, epilog="Example: fishcompile serve net.yaml")(serve)


def serve(
    spec: Annotated[Path, typer.Argument(metavar="SPEC", help="The spec to edit.")],
    port: Annotated[
        str, typer.Option(metavar="N", help="The port to listen at; 0 takes one that is free.")
    ] = "0",
) -> None:
    """Edit a spec in a browser, beside its picture, findings with quick fixes, costs and sizes.

    Listens on this machine alone, and answers whoever opens the address that is printed, with its
    token. Save writes that file alone, whole or not at all, and not over a change on disk. Ctrl-C
    ends it. Needs the extra `serve`.
    """
    import secrets

    number = _port(port)
    try:
        import nicegui  # noqa: F401
    except ModuleNotFoundError:
        raise UsageError(
            "the live page needs NiceGUI", "pip install 'fishcompile[serve]'"
        ) from None
    from fishcompile.cli.serve_desk import Desk
    from fishcompile.cli.serve_page import serve as listen

    desk = Desk(spec)
    desk.open()
    gc.enable()  # a server lives long; see entry.py
    listen(desk, number, secrets.token_urlsafe(24))


def _port(text: str) -> int:
    """The port that is asked for, or a free one. Raises UsageError where it cannot be had."""
    import socket

    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise UsageError(f"{text} is no port", "write a number from 1 to 65535, or 0")
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", int(text)))
        except OSError as error:
            raise UsageError(
                f"port {text} cannot be had: {error.strerror}", "leave --port out"
            ) from error
        found: int = tried.getsockname()[1]
    return found
