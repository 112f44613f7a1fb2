"""The option `--set`, of every command that reads one network or several."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from fishcompile.loading.settings import Setting

Settings = Annotated[
    list[str],
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Lay a value over the spec, as tail.tail1.out=64; may be given several times.",
    ),
]


def parsed(words: list[str]) -> tuple[Setting, ...]:
    """The settings that were given. Raises UsageError."""
    if not words:
        return ()
    from fishcompile.loading.settings import settings_of

    return settings_of(words)
