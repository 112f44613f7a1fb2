"""`fishcompile weights`: checkpoints of a spec's network, renamed, rewritten, carried over."""

from __future__ import annotations

import typer

from fishcompile.cli.light import LightCommand, LightGroup
from fishcompile.cli.weights_convert import convert
from fishcompile.cli.weights_fit import fit


def register(app: typer.Typer) -> None:
    """Adds the group of commands."""
    group = typer.Typer(
        cls=LightGroup,
        help="Checkpoints: read, rename and rewrite them.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    epilog = "Example: fishcompile weights convert fishnet99_ckpt.tar --spec specs/fishnet99.yaml"
    group.command("convert", cls=LightCommand, epilog=f"{epilog} -o fishnet99.safetensors")(convert)
    epilog = "Example: fishcompile weights fit fishnet99.pt --spec backbone.yaml --drop classifier"
    group.command("fit", cls=LightCommand, epilog=f"{epilog} -o backbone.pt")(fit)
    app.add_typer(group, name="weights")
