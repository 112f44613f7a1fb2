"""`fishcompile show`: the stage table of a spec."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fishcompile.cli.console import aligned
from fishcompile.cli.light import LightCommand
from fishcompile.diagnostics.finding import SpecError

if TYPE_CHECKING:
    from fishcompile.analysis.table import Row
    from fishcompile.pipeline import Analysis

_HEADS = ("stage", "input", "output", "blocks", "I-convs", "convs", "parameters", "MACs")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("show", cls=LightCommand, epilog="Example: fishcompile show specs/fishnet99.yaml")(
        show
    )


def show(
    spec: Annotated[Path, typer.Argument(metavar="SPEC", help="The spec to show.")],
    sizes: Annotated[
        bool, typer.Option("--sizes", help="Which heights and widths the network takes.")
    ] = False,
) -> None:
    """Show a spec's stages: shapes, blocks (trunk + transfer), I-convs, convs, cost.

    Shapes are channels x height x width at the spec's input size, a stage's output before it is
    merged with the skip. MACs are for one image. Below the table of a variant that scales its base
    stand the numbers that were scaled.
    """
    from fishcompile.pipeline import analyse, unaccepted

    analysis = analyse(spec)
    # a spec that only breaks its own claims has a table, which is where the claims are seen
    if any(d.severity == "error" and d.rule < "FC4" for d in analysis.report.diagnostics):
        raise SpecError(analysis.report)
    if sizes:
        from fishcompile.cli.size_lines import size_lines

        if analysis.inference.failures:
            raise SpecError(analysis.report)
        print("\n".join(size_lines(analysis.inference.graph)))
        return
    print("\n".join(table_lines(analysis)))
    if analysis.adjustments:
        from fishcompile.cli.adjustments import adjustment_lines

        print("\n".join(["", *adjustment_lines(analysis.adjustments)]))
    left = unaccepted(analysis, spec)
    if not left.ok:
        print()
        raise SpecError(left)


def table_lines(analysis: Analysis) -> list[str]:
    """The table as lines of text, the sum last."""
    from fishcompile.analysis.table import stage_table

    rows = [_cells(row) for row in stage_table(analysis.inference, analysis.costs)]
    total = analysis.total
    figures = (total.isolated, total.convolutions, total.parameters, total.macs)
    rows.append(("total", "", "", "", *(f"{figure:,}" for figure in figures)))
    return aligned([_HEADS, *rows], left=range(3))


def _cells(row: Row) -> tuple[str, ...]:
    blocks = f"{row.blocks} + {row.transfers}" if row.transfers else str(row.blocks)
    cost = row.cost
    figures = (cost.isolated, cost.convolutions, cost.parameters, cost.macs)
    return (row.name, row.input, row.output, blocks, *(f"{figure:,}" for figure in figures))
