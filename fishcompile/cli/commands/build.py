"""`fishcompile build`: a spec as a Python file, or as another target makes it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fishcompile.cli.light import LightCommand
from fishcompile.diagnostics.errors import FindingError, UsageError
from fishcompile.diagnostics.names import shown
from fishcompile.diagnostics.nearest import nearest
from fishcompile.files import is_file, refuse_existing, write_atomic
from fishcompile.passes import chosen
from fishcompile.passes import found as passes_found
from fishcompile.targets import DEFAULT, found, the_target
from fishcompile.targets.base import Target


def register(app: typer.Typer) -> None:
    """Adds the command."""
    epilog = "Example: fishcompile build specs/fishnet99.yaml -o fishnet99.py"
    app.command("build", cls=LightCommand, epilog=epilog)(build)


def build(
    spec: Annotated[Path, typer.Argument(metavar="SPEC", help="The spec to build.")],
    emit: Annotated[
        str,
        typer.Option(
            metavar=f"<{'|'.join(found())}>",
            help="; ".join(f"{name}: {the_target(name).what}" for name in found()) + ".",
        ),
    ] = DEFAULT,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="The file to write, - for standard output."),
    ] = None,
    passes: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES",
            help="Passes over the graph first, in this order and parted by commas: "
            f"{', '.join(passes_found())}; or all.",
        ),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if the file is not up to date.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite a file that fishcompile did not write.")
    ] = False,
) -> None:
    """Build a spec. Without -o, a source goes to SPEC's name with .py in this folder."""
    target, names = _target(emit), () if passes is None else chosen(passes)
    if not target.text and (check or output == Path("-")):
        raise UsageError(f"{target.noun} is neither compared nor printed", "use --emit source")
    from fishcompile.pipeline import after_passes, compiled

    analysis = compiled(spec)
    if target.needs_torch:
        _require_torch(target)
    if names:
        analysis = after_passes(analysis, names)
    if output is None and target.suffix is not None:
        output = Path(f"{spec.stem}{target.suffix}")
    if not target.text and output is not None and not force:
        refuse_existing(output, "")  # before what may take long
    made = target.make(analysis)
    if isinstance(made, bytes):
        assert output is not None, f"{emit} has no suffix"
        write_atomic(output, made)
        print(f"wrote {output} ({analysis.total.parameters:,} parameters)")
    elif output is None or output == Path("-"):
        if check:
            raise UsageError("--check compares with a file", "name it with -o")
        print(made, end="")
    elif check:
        emitted = "" if emit == DEFAULT else f" --emit {emit}"
        way_out = f"fishcompile build {spec}{emitted}{_option(names)} -o {output}"
        _compare(made, output, names, f"{spec} builds something else", way_out)
    else:
        _write(made, output, target, force)


def _target(name: str) -> Target:
    known = found()
    if name in known:
        return the_target(name)
    close = nearest(name, known)
    meant = f"did you mean {close}? " if close else ""
    way_out = f"{meant}the targets are {', '.join(known)}"
    raise UsageError(f"no target is called {shown(name)}", way_out)


def _require_torch(target: Target) -> None:
    try:
        import torch  # noqa: F401
    except ModuleNotFoundError:
        way_out = "pip install 'fishcompile[torch]'"
        raise UsageError(f"building {target.noun} needs torch", way_out) from None


def _compare(
    text: str, output: Path, passes: tuple[str, ...], difference: str, way_out: str
) -> None:
    if not is_file(output):
        raise FindingError(f"{output} does not exist", way_out)
    old = _read(output)
    if old != text:
        from fishcompile.targets.python_source.stamp import passes_of

        before = passes_of(old)
        if before is not None and before != passes:
            difference = f"it was made with{_option(before) or 'out passes'}"
        raise FindingError(f"{output} is stale: {difference}", way_out)
    print(f"{output} is up to date")


def _option(passes: tuple[str, ...]) -> str:
    return f" --passes {','.join(passes)}" if passes else ""


def _write(text: str, output: Path, target: Target, force: bool) -> None:
    if is_file(output) and not force:
        old = _read(output)
        if old == text:
            print(f"{output} is up to date")
            return
        if not target.stamped:
            refuse_existing(output, "")
        # imported only now: what is not there yet has no stamp to read
        from fishcompile.targets.python_source.stamp import is_ours, was_ours

        if was_ours(old) and not is_ours(old):
            refuse_existing(output, " and was edited since fishcompile wrote it")
        if not is_ours(old):
            refuse_existing(output, " and fishcompile did not write it")
    write_atomic(output, text.encode())
    print(f"wrote {output} ({text.count(chr(10))} lines)")


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode(errors="replace")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
