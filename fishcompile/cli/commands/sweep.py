"""`fishcompile sweep`: every combination of some settings, checked, measured and compared."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fishcompile.cli.light import LightCommand
from fishcompile.diagnostics.errors import FindingError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fishcompile.cli.sweep_run import Swept, Task
    from fishcompile.cli.sweep_table import Order, Row

_COLUMNS = "parameters,macs,activations"
_FORMATS = ("text", "csv", "json")
_EXAMPLE = (
    "Example: fishcompile sweep net.yaml --set tail.tail1.out=64..192/32 "
    "--set head.head3.blocks=1..4 --where 'parameters < 20M and sizes' --sort macs"
)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("sweep", cls=LightCommand, epilog=_EXAMPLE)(sweep)


def sweep(
    spec: Annotated[Path, typer.Argument(metavar="SPEC", help="The spec to sweep.")],
    set_: Annotated[
        list[str],
        typer.Option(
            "--set", metavar="PATH=VALUES", help="64,96,128 or 64..192/32 or 32..512*2 in turn."
        ),
    ] = (),  # type: ignore[assignment]
    where: Annotated[
        str, typer.Option(metavar="CONDITION", help="Keep those alone of which this holds.")
    ] = "",
    sort: Annotated[
        str, typer.Option(metavar="MEASURE", help="Least first; -MEASURE most first.")
    ] = "",
    show: Annotated[
        str, typer.Option(metavar="MEASURES", help="The columns, parted by commas.")
    ] = _COLUMNS,
    pareto: Annotated[
        str, typer.Option(metavar="MEASURES", help="What the front is over; -MEASURE for more.")
    ] = "parameters,macs",
    front: Annotated[bool, typer.Option("--front", help="Show the Pareto front alone.")] = False,
    top: Annotated[str, typer.Option(metavar="N", help="Rows of the text; 0 for all.")] = "40",
    format_: Annotated[
        str, typer.Option("--format", metavar=f"<{'|'.join(_FORMATS)}>", help="How to print.")
    ] = "text",
    write: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write the front there, as variants of the spec."),
    ] = None,
    jobs: Annotated[
        str, typer.Option(metavar="N", help="Processes; as many as there are cores.")
    ] = "0",
) -> None:
    """Check and measure every combination of settings, and mark the Pareto front.

    Combinations that are illegal are counted by rule. Ctrl-C stops, and what is done is shown. The
    measures, for --where, --sort, --show and --pareto: parameters, macs, activations, inference,
    training, saved and moved (bytes), intensity, convs, iconvs, free (stages with a path without
    convolutions), sizes (every height and width is taken), least (the least side).
    """
    from fishcompile.cli.show_options import word_of
    from fishcompile.cli.sweep_table import Order, measured, rows_of

    how = word_of("format", format_, _FORMATS)
    if not set_:
        raise UsageError("nothing is swept", "give values: --set tail.tail1.out=64..192/32")
    from fishcompile.analysis.conditions import Condition
    from fishcompile.analysis.measures import MEASURES
    from fishcompile.cli.sweep_run import Task
    from fishcompile.loading.axes import axes_of

    columns, objectives = _measures("show", show), _measures("pareto", pareto)
    sorts = _measures("sort", sort)
    order = Order(columns, (*sorts, "")[0], objectives, front, _number("top", top))
    if where:
        Condition(where, MEASURES)  # which raises before anything is done
    if not objectives:
        raise UsageError("--pareto names no measure", "name some: --pareto parameters,macs")
    task = Task(spec, axes_of(set_), where, measured(order))
    name = _require_place(spec, write) if write else ""
    swept = _swept(task, _number("jobs", jobs))
    rows = rows_of(task, swept, order)
    _print(task, swept, order, rows, how)
    if write:
        from fishcompile.cli.sweep_write import write_variants

        for path in write_variants(task, name, [row for row in rows if row.front], write):
            print(f"wrote {path}", file=sys.stderr)
    if swept.stopped:
        raise typer.Exit(130)


def _swept(task: Task, jobs: int) -> Swept:
    from fishcompile.cli.sweep_run import sweep as run

    if not sys.stderr.isatty():
        return run(task, jobs or None, lambda _: None)
    with typer.progressbar(length=task.count, label="sweep", file=sys.stderr) as bar:
        return run(task, jobs or None, bar.update)


def _require_place(spec: Path, folder: Path) -> str:
    """The name of the spec, after which its variants in a folder are called."""
    from fishcompile.cli.sweep_write import require_place
    from fishcompile.pipeline import base_of

    name = str(base_of(spec).tree.value.get("name"))
    require_place(spec, name, folder)
    return name


def _print(task: Task, swept: Swept, order: Order, rows: Sequence[Row], how: str) -> None:
    from fishcompile.cli import sweep_table

    if how == "csv":
        print(sweep_table.csv_of(task, rows), end="")
    elif how == "json":
        print(sweep_table.json_of(task, swept, rows, order))
    else:
        print("\n".join(sweep_table.text_of(task, swept, rows, order)))
    if not swept.found and not swept.stopped:
        said = [sweep_table.said(task, swept), *sweep_table.reasons(task, swept)]
        raise FindingError("no combination is left", "; ".join(said) if how == "csv" else "")


def _measures(option: str, text: str) -> tuple[str, ...]:
    """The measures that a list means. Raises UsageError for one that there is not."""
    from fishcompile.analysis.measures import MEASURES
    from fishcompile.cli.show_options import word_of

    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        word_of(option, name.removeprefix("-"), tuple(MEASURES))
    return tuple(dict.fromkeys(names))


def _number(option: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 8):
        raise UsageError(f"--{option} is a number, not {text}", f"write --{option} 10")
    return int(text)
