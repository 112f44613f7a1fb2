"""`fishcompile build`: a spec as a Python file, as IR, or as a saved module."""

from __future__ import annotations

from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fishcompile.cli.light import LightCommand
from fishcompile.diagnostics.errors import FindingError, UsageError
from fishcompile.files import is_file, refuse_existing, write_atomic

if TYPE_CHECKING:
    from fishcompile.pipeline import Analysis


class Emit(StrEnum):
    """What to build."""

    SOURCE = "source"
    IR = "ir"
    MODULE = "module"


def register(app: typer.Typer) -> None:
    """Adds the command."""
    epilog = "Example: fishcompile build specs/fishnet99.yaml -o fishnet99.py"
    app.command("build", cls=LightCommand, epilog=epilog)(build)


def build(
    spec: Annotated[Path, typer.Argument(metavar="SPEC", help="The spec to build.")],
    emit: Annotated[
        Emit,
        typer.Option(
            help="source: a Python file; ir: the graph as text; module: torch.save of it."
        ),
    ] = Emit.SOURCE,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="The file to write, - for standard output."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if the file is not up to date.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite a file that fishcompile did not write.")
    ] = False,
) -> None:
    """Build a spec. Without -o, a source goes to SPEC's name with .py in this folder."""
    if emit is Emit.MODULE and (check or output == Path("-")):
        raise UsageError("a module is neither compared nor printed", "use --emit source")
    from fishcompile.pipeline import compiled

    analysis = compiled(spec)
    if emit is Emit.MODULE:
        _build_module(analysis, output or Path(f"{spec.stem}.pt"), force)
        return
    text = _text(analysis, emit)
    if output is None and emit is Emit.SOURCE:
        output = Path(f"{spec.stem}.py")
    if output is None or output == Path("-"):
        if check:
            raise UsageError("--check compares with a file", "name it with -o")
        print(text, end="")
    elif check:
        _compare(text, output, spec)
    else:
        _write(text, output, emit, force)


def _text(analysis: Analysis, emit: Emit) -> str:
    if emit is Emit.SOURCE:
        from fishcompile.targets.source import emit_source

        return emit_source(analysis)
    from fishcompile.ir.text import print_graph

    return print_graph(analysis.inference.graph)


def _compare(text: str, output: Path, spec: Path) -> None:
    way_out = f"fishcompile build {spec} -o {output}"
    if not is_file(output):
        raise FindingError(f"{output} does not exist", way_out)
    if _read(output) != text:
        raise FindingError(f"{output} is stale: {spec} builds something else", way_out)
    print(f"{output} is up to date")


def _write(text: str, output: Path, emit: Emit, force: bool) -> None:
    from fishcompile.targets.python_source.stamp import is_ours, was_ours

    if is_file(output) and not force:
        old = _read(output)
        if old == text:
            print(f"{output} is up to date")
            return
        if emit is Emit.IR:
            refuse_existing(output, "")
        if was_ours(old) and not is_ours(old):
            refuse_existing(output, " and was edited since fishcompile wrote it")
        if not is_ours(old):
            refuse_existing(output, " and fishcompile did not write it")
    write_atomic(output, text.encode())
    print(f"wrote {output} ({text.count(chr(10))} lines)")


def _build_module(analysis: Analysis, output: Path, force: bool) -> None:
    try:
        import torch
    except ModuleNotFoundError:
        way_out = "pip install 'fishcompile[torch]'"
        raise UsageError("building a module needs torch", way_out) from None
    from fishcompile.targets.module import network

    if not force:
        refuse_existing(output, "")
    buffer = BytesIO()
    torch.save(network(analysis), buffer)
    write_atomic(output, buffer.getvalue())
    print(f"wrote {output} ({analysis.total.parameters:,} parameters)")


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode(errors="replace")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
