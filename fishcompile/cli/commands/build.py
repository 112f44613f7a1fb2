"""`fishcompile build`: specs as Python files, or as another target makes them.

Where a file goes is a matter of cli/places.py, what --check says of cli/comparing.py. Of several
specs each is built, whatever becomes of the others; the exit code is the worst.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fishcompile.cli.comparing import compare, read_text
from fishcompile.cli.console import complain, print_report
from fishcompile.cli.light import LightCommand
from fishcompile.cli.set_option import Settings, parsed
from fishcompile.diagnostics.errors import FindingError, UsageError
from fishcompile.diagnostics.finding import SpecError
from fishcompile.diagnostics.names import shown
from fishcompile.diagnostics.nearest import nearest
from fishcompile.files import is_file, refuse_existing, write_atomic
from fishcompile.passes import chosen
from fishcompile.passes import found as passes_found
from fishcompile.record import record
from fishcompile.targets import DEFAULT, found, the_target
from fishcompile.targets.base import Target

if TYPE_CHECKING:
    from fishcompile.ir.graph import Graph
    from fishcompile.loading.settings import Setting
    from fishcompile.pipeline import Analysis


def register(app: typer.Typer) -> None:
    """Adds the command."""
    epilog = "Example: fishcompile build specs/fishnet99.yaml -o fishnet99.py"
    app.command("build", cls=LightCommand, epilog=epilog)(build)


def build(
    specs: Annotated[
        list[str],
        typer.Argument(
            metavar="SPEC...",
            help="Files, folders to search, or quoted patterns such as 'specs/**/*.yaml'.",
        ),
    ],
    emit: Annotated[
        str,
        typer.Option(
            metavar=f"<{'|'.join(found())}>",
            help="; ".join(f"{name}: {the_target(name).what}" for name in found()) + ".",
        ),
    ] = DEFAULT,
    output: Annotated[
        str | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="The file to write, a folder to write in, - for standard output.",
        ),
    ] = None,
    passes: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES",
            help="Passes over the graph first, in this order and parted by commas: "
            f"{', '.join(passes_found())}; or all.",
        ),
    ] = None,
    weights: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A checkpoint with the weights: .safetensors, or what torch.save wrote.",
        ),
    ] = None,
    taps: Annotated[
        bool, typer.Option("--taps", help="Of an ONNX file: give out the features as well.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if a file is not up to date.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite a file that fishcompile did not write.")
    ] = False,
    recompute: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES",
            help="What training computes again instead of keeping it: preact, stages, or names "
            "of stages parted by commas.",
        ),
    ] = None,
    set_: Settings = (),  # type: ignore[assignment]
) -> None:
    """Build specs. Without -o, a source goes to SPEC's name with .py in this folder."""
    from fishcompile.cli.places import is_folder, place_of, refuse_inputs, specs_of

    target, names = _target(emit), () if passes is None else chosen(passes)
    if not target.text and (check or output == "-"):
        raise UsageError(f"{target.noun} is neither compared nor printed", "use --emit source")
    if weights is not None and "state" not in target.takes:
        raise UsageError(f"{target.noun} holds no weights", _taking("state"))
    if taps and "taps" not in target.takes:
        raise UsageError(f"--taps is nothing for {target.noun}", _taking("taps"))
    settings = _settings(set_, recompute)
    order = _Order(emit, target, names, check, force, settings, weights, taps)
    wanted = specs_of(specs)
    if len(wanted) == 1:
        _build(wanted[0], place_of(wanted[0], output, target.suffix), order)
        return
    if output == "-" or (output is not None and not is_folder(output)):
        raise UsageError(
            f"{output} cannot hold {len(wanted)} specs", "name a folder, as -o models/"
        )
    if output is None and target.suffix is None:
        raise UsageError("several specs are not printed", "name a folder, as -o models/")
    places = {spec: place_of(spec, output, target.suffix) for spec in wanted}
    refuse_inputs(places)
    raise typer.Exit(max(_tried(spec, place, order) for spec, place in places.items()))


@record
class _Order:
    """What to make of each spec."""

    emit: str
    target: Target
    passes: tuple[str, ...]
    check: bool
    force: bool
    settings: tuple[Setting, ...]
    weights: Path | None
    taps: bool


def _settings(words: list[str], recompute: str | None) -> tuple[Setting, ...]:
    if recompute is None:
        return parsed(words)
    from fishcompile.loading.settings import recompute_setting

    return parsed([*words, str(recompute_setting(recompute))])


def _tried(spec: Path, output: Path | None, order: _Order) -> int:
    """Builds one of several specs; the exit code that it would have alone."""
    from fishcompile.reader.read import UnreadableError

    try:
        _build(spec, output, order)
    except SpecError as error:
        print_report(error.report)
        return 2 if isinstance(error, UnreadableError) else 1
    except (FindingError, UsageError) as error:
        complain(str(error), error.help)
        return 1 if isinstance(error, FindingError) else 2
    return 0


def _build(spec: Path, output: Path | None, order: _Order) -> None:
    from fishcompile.cli.places import refuse_inputs
    from fishcompile.pipeline import after_passes, compiled

    target, names = order.target, order.passes
    analysis = compiled(spec, order.settings)
    if output is not None:
        refuse_inputs({spec: output}, analysis.tree)
    _require_needs(target)
    before = analysis.inference.graph
    if names:
        analysis = after_passes(analysis, names)
    if not target.text and output is not None and not order.force:
        refuse_existing(output, "")  # before what may take long
    made = target.make(analysis, **_options(order, analysis, before))
    if isinstance(made, bytes):
        assert output is not None, f"{order.emit} has no suffix"
        write_atomic(output, made)
        print(f"wrote {output} ({analysis.total.parameters:,} parameters)")
    elif output is None or output == Path("-"):
        if order.check:
            raise UsageError("--check compares with a file", "name it with -o")
        print(made, end="")
    elif order.check:
        emitted = "" if order.emit == DEFAULT else f" --emit {order.emit}"
        import shlex

        given = "".join(f" --set {shlex.quote(str(each))}" for each in order.settings)
        way_out = f"fishcompile build {spec}{emitted}{_option(names)}{given} -o {output}"
        compare(made, output, analysis, str(spec), way_out)
    else:
        _write(made, output, target, order.force)


def _target(name: str) -> Target:
    known = found()
    if name in known:
        return the_target(name)
    close = nearest(name, known)
    meant = f"did you mean {close}? " if close else ""
    way_out = f"{meant}the targets are {', '.join(known)}"
    raise UsageError(f"no target is called {shown(name)}", way_out)


def _taking(option: str) -> str:
    """Which targets take an option."""
    return f"use --emit {' or '.join(n for n in found() if option in the_target(n).takes)}"


def _options(order: _Order, analysis: Analysis, before: Graph) -> dict[str, Any]:
    """What a target takes beside the analysis; the weights are read by the graph before passes."""
    options: dict[str, Any] = {"taps": True} if order.taps else {}
    if order.weights is not None:
        from fishcompile.weights.arrays import arrays_of

        state = arrays_of(order.weights, before, analysis.stages, analysis.rewrites)
        options["state"] = state
    return options


def _require_needs(target: Target) -> None:
    for name in target.needs:
        try:
            import_module(name)
        except ModuleNotFoundError:
            way_out = f"pip install 'fishcompile[{target.extra}]'"
            raise UsageError(f"building {target.noun} needs {name}", way_out) from None


def _option(passes: tuple[str, ...]) -> str:
    return f" --passes {','.join(passes)}" if passes else ""


def _write(text: str, output: Path, target: Target, force: bool) -> None:
    if is_file(output) and not force:
        old = read_text(output)
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
