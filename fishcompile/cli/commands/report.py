"""`fishcompile report`: specs as one HTML file, with pictures, tables and a slider for the size."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fishcompile.cli.light import LightCommand
from fishcompile.diagnostics.errors import UsageError
from fishcompile.diagnostics.finding import SpecError
from fishcompile.files import is_file, require_folder, write_atomic

_ENDINGS = (".html", ".htm")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    example = "Example: fishcompile report specs/fishnet99.yaml specs/fishnet150.yaml"
    app.command("report", cls=LightCommand, epilog=example)(report)


def report(
    specs: Annotated[
        list[Path], typer.Argument(metavar="SPEC...", help="The spec to report on, or several.")
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help="The HTML file to write.")
    ] = Path("report.html"),
) -> None:
    """Write specs as one HTML file: pictures, costs, sizes, gradient paths, side by side.

    The file needs no network. A slider moves shapes and costs with the input's size and says where
    a size does not hold; of several specs the Pareto front is plotted. A spec that does not hold is
    drawn with the broken edge in red, and the exit code is 1.
    """
    if len(set(specs)) < len(specs):
        raise UsageError("a spec is named twice", "name each once")
    require_folder(output)
    if output.suffix.lower() not in _ENDINGS:
        raise UsageError(f"{output} is not called as a page is", "name a file that ends in .html")
    is_file(output)
    from fishcompile.cli.named import names_of
    from fishcompile.cli.report_page import page
    from fishcompile.pipeline import analyse, unaccepted

    analyses = [analyse(spec) for spec in specs]
    write_atomic(output, page(names_of(specs, analyses), analyses).encode())
    print(output)
    for spec, analysis in zip(specs, analyses, strict=True):
        left = unaccepted(analysis, spec)
        if not left.ok:
            raise SpecError(left)
