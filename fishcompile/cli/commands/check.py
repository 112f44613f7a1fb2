"""`fishcompile check`: do specs hold together?

    collect -> mend -> analyse each -> judge -> write in a format -> deliver -> exit code

Exit codes: 0 no errors (warnings do not count), 1 errors, 2 something could not be read or was not
there, whatever else was found.
"""

from __future__ import annotations

import os
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fishcompile.cli.console import line_width, wants_color
from fishcompile.cli.light import LightCommand
from fishcompile.cli.set_option import Settings, parsed
from fishcompile.diagnostics.errors import UsageError
from fishcompile.diagnostics.finding import Report, SpecError
from fishcompile.diagnostics.nearest import nearest
from fishcompile.diagnostics.source import STDIN_NAME
from fishcompile.files import STDIN, write_atomic
from fishcompile.files.questions import noting
from fishcompile.formats import Checked, Page, RuleFacts, count, find_format, findings, format_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fishcompile.loading.inputs import Input
    from fishcompile.loading.reach import Reader
    from fishcompile.loading.settings import Setting

_COLORS = ("auto", "always", "never")
_EPILOG = "Example: fishcompile check specs --format sarif --output fishcompile.sarif"


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("check", cls=LightCommand, epilog=_EPILOG)(check)


def check(
    specs: Annotated[
        list[str],
        typer.Argument(
            metavar="SPEC...",
            help="Files, folders to search, quoted patterns such as 'specs/**/*.yaml', "
            "or - for standard input.",
        ),
    ],
    format_: Annotated[
        str, typer.Option("--format", metavar="NAME", help=f"One of {', '.join(format_names())}.")
    ] = "text",
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="FILE", help="Write the report there.")
    ] = STDIN,
    color: Annotated[
        str, typer.Option("--color", metavar="WHEN", help=f"One of {', '.join(_COLORS)}.")
    ] = "auto",
    stdin_filename: Annotated[
        str,
        typer.Option(
            metavar="FILE", help="What to call standard input; `extends` is read beside it."
        ),
    ] = STDIN_NAME,
    quiet: Annotated[
        bool, typer.Option("-q", "--quiet", help="Errors alone: no warnings, no closing line.")
    ] = False,
    select: Annotated[
        str, typer.Option(metavar="RULES", help="Report these alone, such as FC4,FC501.")
    ] = "",
    ignore: Annotated[
        str, typer.Option(metavar="RULES", help="Do not report these; FC1 to FC3 always are.")
    ] = "",
    warn_as_error: Annotated[
        str, typer.Option(metavar="RULES", help="Take warnings of these for errors, or all.")
    ] = "",
    baseline: Annotated[
        str, typer.Option(metavar="FILE", help="Do not report what this file accepts.")
    ] = "",
    write_baseline: Annotated[
        str, typer.Option(metavar="FILE", help="Accept what is found now, in this file.")
    ] = "",
    fix: Annotated[
        bool, typer.Option("--fix", help="Apply the safe fixes, then report what is left.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Show what --fix would change, and change nothing.")
    ] = False,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Check anew what is as it was at an earlier check.")
    ] = False,
    set_: Settings = (),  # type: ignore[assignment]
) -> None:
    """Check specs: names, shapes, the spec's own table. Needs no torch.

    Exits with 0 where there are no errors, 1 where there are, 2 where something could not be read.
    """
    write = find_format(one_of("--format", format_, format_names()))
    one_of("--color", color, _COLORS)
    if stdin_filename != STDIN_NAME and STDIN not in specs:
        raise UsageError("--stdin-filename names standard input", "give - as a SPEC to read it")
    from fishcompile.cli.judging import Choice, judge_run
    from fishcompile.loading.inputs import collect, read_once

    settings = parsed(set_)
    if settings and (fix or diff):
        raise UsageError("--set changes no file", "leave --fix and --diff out")
    inputs = collect(specs, stdin_filename)
    refuse_output(output, inputs)
    given: Mapping[Path, bytes] = {}
    if STDIN in specs:
        from fishcompile.cli.standard_input import standard_input

        given = standard_input(specs, stdin_filename)
    if diff:
        from fishcompile.cli.mending import show_fixes

        raise typer.Exit(show_fixes(inputs, given))
    if fix:
        from fishcompile.cli.mending import apply_fixes

        given = apply_fixes(inputs, given)
    read = read_once(inputs, given)
    found = [examined(item, read, settings) for item in inputs]
    checked, held_back, said = judge_run(
        found, Choice(select, ignore, warn_as_error, baseline, write_baseline), read
    )
    if said:
        print(said, file=sys.stderr)
    shown = [errors_of(item) for item in checked] if quiet else checked
    colored = color == "always" or (output == STDIN and wants_color(color))
    page = Page(colored, line_width(), quiet, _repository(), _rules, held_back)
    # fixed standard input has taken standard output
    with redirect_stdout(sys.stderr if fix and given else sys.stdout):
        deliver(text := write(shown, page), output, shown, quiet=quiet)
    same_again = not (fix or write_baseline or no_cache or given or output != STDIN)
    if same_again and noting():
        from fishcompile.cli.again import keep

        keep(text, said, exit_code(checked))
    raise typer.Exit(exit_code(checked))


def one_of(option: str, value: str, known: Iterable[str]) -> str:
    """The value of an option that has to be one of the known. Raises UsageError."""
    names = list(known)
    if value not in names:
        near = nearest(value.lower(), names) if value.lower() not in names else value.lower()
        way_out = f"did you mean {near}?" if near else f"write one of {', '.join(names)}"
        raise UsageError(f"{option} cannot be {value!r}", way_out)
    return value


def examined(item: Input, read: Reader, settings: Sequence[Setting] = ()) -> Checked:
    """What is found in one input."""
    from fishcompile.pipeline import examine
    from fishcompile.reader.read import UnreadableError

    path = str(item.path)
    if item.problem:
        return Checked(path, Report((item.problem,)), unreadable=True)
    try:
        return Checked(path, examine(item.path, read, settings)[0])
    except SpecError as error:
        return Checked(path, error.report, unreadable=isinstance(error, UnreadableError))


def errors_of(item: Checked) -> Checked:
    """The same without its warnings."""
    errors = tuple(found for found in item.report.diagnostics if found.severity == "error")
    return Checked(item.path, Report(errors, item.report.skipped), item.unreadable)


def exit_code(checked: Iterable[Checked]) -> int:
    """2 where something was unreadable, else 1 where there are errors, else 0."""
    return max(
        (2 if item.unreadable else 0 if item.report.ok else 1 for item in checked), default=0
    )


def refuse_output(output: str, inputs: Iterable[Input]) -> None:
    """Raises UsageError where the report would take the place of a spec, given or not."""
    from fishcompile.loading.inputs import looks_like_a_spec

    target = os.path.realpath(output)
    given = any(os.path.realpath(item.path) == target for item in inputs)
    if output != STDIN and (given or (os.path.isfile(target) and looks_like_a_spec(Path(target)))):  # noqa: PTH113
        raise UsageError(f"{output} is a spec", "name another file with --output")


def deliver(text: str, output: str, checked: list[Checked], *, quiet: bool) -> None:
    """The text on standard output, or in a file and a line about it on standard output."""
    if output == STDIN:
        if text:
            print(text)
        return
    data = f"{text}\n" if text else ""
    write_atomic(Path(output), data.encode("utf-8", "backslashreplace"))
    if not quiet:
        print(f"wrote {output}: {count(len(findings(checked)), 'finding')}")


def _rules() -> Mapping[str, RuleFacts]:
    from fishcompile.cli.examples import rule_facts

    return rule_facts()


def _repository() -> Path:
    from fishcompile.formats._paths import repository_root

    return repository_root(Path.cwd())
