"""`fishcompile diff`: what is different between two specs, or two revisions of one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fishcompile.cli.diff_text import FORMATS
from fishcompile.cli.light import LightCommand
from fishcompile.diagnostics.errors import UsageError
from fishcompile.diagnostics.finding import SpecError
from fishcompile.files import STDIN, write_atomic

if TYPE_CHECKING:
    from fishcompile.analysis.comparison import Comparison
    from fishcompile.pictures.kinds import Kind
    from fishcompile.pipeline import Analysis


def register(app: typer.Typer) -> None:
    """Adds the command."""
    example = "Example: fishcompile diff main:specs/fishnet99.yaml specs/fishnet99.yaml"
    app.command("diff", cls=LightCommand, epilog=example)(diff)


def diff(
    before: Annotated[str, typer.Argument(metavar="BEFORE", help="A spec, or REV:path of git.")],
    after: Annotated[str, typer.Argument(metavar="AFTER", help="The spec to compare with it.")],
    format_: Annotated[
        str,
        typer.Option("--format", metavar=f"<{'|'.join(FORMATS)}>", help="How to print."),
    ] = "text",
    picture: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="Draw both there, one below the other: .svg, .png, .pdf."
        ),
    ] = None,
) -> None:
    """Compare two specs: stages, costs, memory, sizes, gradient paths, taps, weights.

    Figures are those of one image at each spec's input size. A stage is the same where its ops and
    shapes are. Weights fit by the keys of the state dict, as `weights fit` carries them. Markdown
    is made for a comment on a pull request. In the picture what differs has a thick outline. Exits
    with 1 where AFTER breaks a budget or a promise.
    """
    from fishcompile.cli.show_options import word_of

    how = word_of("format", format_, FORMATS)
    kind = None if picture is None else _picture_kind(picture)
    from fishcompile.analysis.comparison import Comparison
    from fishcompile.analysis.figures import figures
    from fishcompile.cli import diff_text
    from fishcompile.cli.named import names_of
    from fishcompile.pipeline import unaccepted

    analyses = [_analysed(each) for each in (before, after)]
    a, b = (figures(analysis.inference.graph) for analysis in analyses)
    found = Comparison(a, b)
    a_name, b_name = names_of((before, after), analyses)
    names = a_name, b_name
    if how == "json":
        print(diff_text.json_of(names, found))
    else:
        lines = diff_text.markdown_of if how == "markdown" else diff_text.text_of
        print("\n".join(lines(names, found)))
    if picture is not None and kind is not None:
        _draw(analyses, found, picture, kind)
    left = unaccepted(analyses[1], _place(after)[1])
    if not left.ok:
        raise SpecError(left)


def _picture_kind(picture: str) -> Kind:
    from fishcompile.cli.picture_file import kind_of, refuse_other

    kind = kind_of(picture)
    if kind == "mermaid" or picture == STDIN:
        raise UsageError(f"{picture} holds no picture of two specs", "name an .svg, .png or .pdf")
    refuse_other(Path(picture), kind)
    return kind


def _draw(analyses: list[Analysis], found: Comparison, picture: str, kind: Kind) -> None:
    """Writes the picture of both."""
    from fishcompile.pictures.draw import draw
    from fishcompile.pictures.drawing import stacked
    from fishcompile.pictures.files import drawn

    upper, lower = (draw(analysis, found.stages.keys()) for analysis in analyses)
    write_atomic(Path(picture), drawn(stacked(upper, lower), kind, "auto"))


def _place(word: str) -> tuple[str, Path]:
    """The revision and the path that an argument means; no revision for a file that is there."""
    revision, colon, path = word.partition(":")
    if not colon or Path(word).exists():
        return "", Path(word)
    return revision, Path(path)


def _analysed(word: str) -> Analysis:
    from fishcompile.pipeline import whole

    revision, path = _place(word)
    if not revision:
        return whole(path)
    from fishcompile.loading.revisions import at_revision

    return whole(path, at_revision(revision, path))
