"""`fishcompile show`: the stage table of a spec, and what its network costs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from fishcompile.cli.light import LightCommand
from fishcompile.cli.show_options import DTYPES, FORMATS, LEVELS, batch_of, size_of, word_of
from fishcompile.diagnostics.errors import UsageError
from fishcompile.diagnostics.finding import SpecError

if TYPE_CHECKING:
    from fishcompile.analysis.figures import Figures, Level
    from fishcompile.ir.graph import Graph
    from fishcompile.pipeline import Analysis


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("show", cls=LightCommand, epilog="Example: fishcompile show specs/fishnet99.yaml")(
        show
    )


def show(
    specs: Annotated[
        list[Path], typer.Argument(metavar="SPEC...", help="The spec to show, or several.")
    ],
    by: Annotated[
        str | None,
        typer.Option(
            metavar=f"<{'|'.join(LEVELS)}>", help="Show the figures, a row for each of these."
        ),
    ] = None,
    size: Annotated[
        str | None,
        typer.Option(metavar="HxW", help="Figures of images of this size, not of `input.size`."),
    ] = None,
    batch: Annotated[
        str | None, typer.Option(metavar="N", help="Figures of a batch of so many images.")
    ] = None,
    dtype: Annotated[
        str | None,
        typer.Option(metavar=f"<{'|'.join(DTYPES)}>", help="What numbers are, for bytes."),
    ] = None,
    format_: Annotated[
        str,
        typer.Option(
            "--format",
            metavar=f"<{'|'.join(FORMATS)}>",
            help="How to print; all but text print the figures.",
        ),
    ] = "text",
    gradients: Annotated[
        bool,
        typer.Option(
            "--gradients", help="Show the best way of the gradient back to each stage instead."
        ),
    ] = False,
    sizes: Annotated[
        bool,
        typer.Option("--sizes", help="Show which heights and widths the network takes instead."),
    ] = False,
) -> None:
    """Show a spec's stages: shapes, blocks (trunk + transfer), I-convs, convs, cost.

    Shapes are channels x height x width at the spec's input size, a stage's output before it is
    merged with the skip. MACs are for one image. Below the table of a variant that scales its base
    stand the numbers that were scaled.

    With an option the figures are shown instead: parameters, MACs and activations of one image;
    bytes moved, saved for the backward and alive of the batch; FLOPs per byte moved; the receptive
    field and the stride. Several specs stand side by side. docs/costs.md says what each counts.
    """
    how = word_of("format", format_, FORMATS)
    level = cast("Level", word_of("by", by or "stage", LEVELS))
    sides = size_of(size) if size else None
    images, number = batch_of(batch or "1"), word_of("dtype", dtype or DTYPES[0], DTYPES)
    if len(set(specs)) < len(specs):
        raise UsageError("a spec is named twice", "name each once")
    from fishcompile.pipeline import whole

    # one that only breaks its own claims has a table, which is where they are seen
    analyses = [whole(spec) for spec in specs]
    figures_asked = bool(by or size or batch or dtype)
    if gradients or sizes:
        if figures_asked or how not in ("text", "json") or (gradients and sizes):
            option = "--gradients" if gradients else "--sizes"
            message = f"{option} has one table, as text or JSON, at every size"
            raise UsageError(message, "leave the other options out")
        graphs = [analysis.inference.graph for analysis in analyses]
        networks = dict(zip(_names(specs, analyses), graphs, strict=True))
        (_print_gradients if gradients else _print_sizes)(networks, how)
    elif len(specs) == 1 and how == "text" and not figures_asked:
        _print_stages(analyses[0])
    else:
        found = {
            name: _figures(spec, analysis, sides, images, number)
            for name, spec, analysis in zip(_names(specs, analyses), specs, analyses, strict=True)
        }
        _print_figures(found, level, how)
    for spec, analysis in zip(specs, analyses, strict=True):
        _refuse_claims(analysis, spec)


def _names(specs: list[Path], analyses: list[Analysis]) -> list[str]:
    """What the networks are called: by their names, where those tell them apart."""
    from fishcompile.formats._snippets import visible

    names = [analysis.stages.name for analysis in analyses]
    return names if len(set(names)) == len(names) else [visible(str(spec)) for spec in specs]


def _print_stages(analysis: Analysis) -> None:
    from fishcompile.cli.show_stages import table_lines

    print("\n".join(table_lines(analysis)))
    if analysis.adjustments:
        from fishcompile.cli.adjustments import adjustment_lines

        print("\n".join(["", *adjustment_lines(analysis.adjustments)]))


def _figures(
    spec: Path, analysis: Analysis, sides: tuple[int, int] | None, batch: int, dtype: str
) -> Figures:
    from fishcompile.analysis.figures import figures
    from fishcompile.analysis.resized import SizeError

    try:
        return figures(analysis.inference.graph, sides, batch, dtype)
    except SizeError as error:
        height, width = sides or (0, 0)
        message = f"{spec} takes no images of {height}x{width}: {error}"
        raise UsageError(message, "leave --size out for the spec's own `input.size`") from None


def _print_figures(networks: dict[str, Figures], by: Level, how: str) -> None:
    from fishcompile.cli.show_figures import memory_of, rows_of, side_by_side

    if how == "json":
        from fishcompile.cli.show_json import json_of

        print(json_of(networks, by))
        return
    (first, *others) = networks.values()
    table = side_by_side(networks) if others else rows_of(first, by)
    if how == "csv":
        from fishcompile.cli.show_csv import csv_of

        print(csv_of(table))
    elif how == "markdown":
        from fishcompile.cli.show_markdown import markdown_of

        print("\n".join(markdown_of(table)))
    else:
        from fishcompile.cli.show_text import text_of, whole_of

        lines = text_of(table)
        print("\n".join(lines if others else [*lines, "", *whole_of(first, memory_of(first))]))


def _print_gradients(networks: dict[str, Graph], how: str) -> None:
    from fishcompile.cli.show_gradients import gradients_json, gradients_text

    print(gradients_json(networks) if how == "json" else "\n".join(gradients_text(networks)))


def _print_sizes(networks: dict[str, Graph], how: str) -> None:
    from fishcompile.cli.show_sizes import sizes_json, sizes_text

    print(sizes_json(networks) if how == "json" else "\n".join(sizes_text(networks)))


def _refuse_claims(analysis: Analysis, spec: Path) -> None:
    """Raises SpecError with the claims that the spec breaks and nothing accepts."""
    from fishcompile.pipeline import unaccepted

    left = unaccepted(analysis, spec)
    if not left.ok:
        print()
        raise SpecError(left)
