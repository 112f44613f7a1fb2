"""`fishcompile draw`: a spec's network as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, cast

import typer

from fishcompile.cli.light import LightCommand
from fishcompile.cli.set_option import Settings, parsed
from fishcompile.diagnostics.errors import UsageError
from fishcompile.diagnostics.finding import SpecError
from fishcompile.files import STDIN, is_file, require_folder, write_atomic
from fishcompile.pictures.kinds import ENDINGS, TEXTS, THEMES, Kind


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
    kind = _kind(output, format_)
    _known("theme", theme, THEMES)
    path = None if output == STDIN else Path(output)
    if path is None and kind not in TEXTS:
        raise UsageError(f"a {kind.upper()} is no text", f"name a file: -o {spec.stem}.{kind}")
    if path is not None:
        _refuse(path, kind)
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


def _kind(output: str, asked: str | None) -> Kind:
    if asked is not None:
        return cast("Kind", _known("format", asked, tuple(ENDINGS)))
    ending = Path(output).suffix.lower()
    found = next((kind for kind, endings in ENDINGS.items() if ending in endings), None)
    if found is None and output != STDIN:
        way_out = (
            f"end its name in one of {', '.join(e for some in ENDINGS.values() for e in some)}"
        )
        raise UsageError(f"{output} does not say what picture it is to be", way_out)
    return found or "svg"


def _known(option: str, word: str, known: tuple[str, ...]) -> str:
    from fishcompile.cli.show_options import word_of

    return word_of(option, word, known)


def _refuse(path: Path, kind: Kind) -> None:
    """A picture goes onto no file but one that is called as a picture of its kind is."""
    require_folder(path)
    if is_file(path) and path.suffix.lower() not in ENDINGS[kind]:
        endings = " or ".join(ENDINGS[kind])
        message = f"{path} exists, and is not called as a picture is; it is not overwritten"
        raise UsageError(message, f"name a file that ends in {endings}")
