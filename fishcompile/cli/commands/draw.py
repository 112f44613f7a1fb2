"""`fishcompile draw`: a spec's network as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fishcompile.cli.light import LightCommand
from fishcompile.cli.picture_file import kind_of, refuse_other
from fishcompile.cli.set_option import Settings, parsed
from fishcompile.cli.show_options import word_of
from fishcompile.diagnostics.errors import UsageError
from fishcompile.diagnostics.finding import SpecError
from fishcompile.files import STDIN, write_atomic
from fishcompile.pictures.kinds import ENDINGS, TEXTS, THEMES


def register(app: typer.Typer) -> None:
    """Adds the command."""
    example = "Example: fishcompile draw specs/fishnet99.yaml -o fish.svg"
    app.command("draw", cls=LightCommand, epilog=example)(draw)


def draw(
    spec: Annotated[Path, typer.Argument(metavar="SPEC", help="The spec to draw.")],
    output: Annotated[
        str,
        typer.Option(
            "-o", "--output", metavar="FILE", help="The file to write, - for standard output."
        ),
    ] = STDIN,
    format_: Annotated[
        str | None,
        typer.Option(
            "--format", metavar=f"<{'|'.join(ENDINGS)}>", help="Else as FILE ends, or SVG."
        ),
    ] = None,
    theme: Annotated[
        str,
        typer.Option(metavar=f"<{'|'.join(THEMES)}>", help="auto follows who looks at an SVG."),
    ] = THEMES[0],
    set_: Settings = (),  # type: ignore[assignment]
) -> None:
    """Draw a spec: height is resolution, thickness channels, colour who made the channels.

    Bright lines are ways of the gradient without convolutions, red bars I-convs. A spec that does
    not hold is drawn with the broken edge in red, and the exit code is 1. PNG and PDF need the
    extra `pictures`. Mermaid is a flow chart for Markdown, with the shape on each edge.
    """
    kind = kind_of(output, format_)
    word_of("theme", theme, THEMES)
    path = None if output == STDIN else Path(output)
    if path is None and kind not in TEXTS:
        raise UsageError(f"a {kind.upper()} is no text", f"name a file: -o {spec.stem}.{kind}")
    if path is not None:
        refuse_other(path, kind)
    from fishcompile.pictures.files import picture
    from fishcompile.pipeline import analyse, unaccepted

    analysis = analyse(spec, settings=parsed(set_))
    data = picture(analysis, kind, theme)
    if path is None:
        print(data.decode(), end="")
    else:
        write_atomic(path, data)
    left = unaccepted(analysis, spec)
    if not left.ok:
        raise SpecError(left)
