"""`fishcompile migrate`: specs of an older version of the language, rewritten in the current one.

Exit codes: 0 done, 1 a spec is old (--check, --diff) or cannot be rewritten so that it says the
same, 2 something could not be read or written, or is no spec. The other specs are still rewritten.
"""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fishcompile.cli.console import complain, print_report
from fishcompile.cli.light import LightCommand
from fishcompile.diagnostics.errors import UsageError
from fishcompile.diagnostics.finding import Diagnostic, SpecError, report
from fishcompile.diagnostics.source import STDIN_NAME
from fishcompile.files import STDIN
from fishcompile.formats._snippets import visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fishcompile.fixing.versions import Migrated
    from fishcompile.loading.inputs import Input

_EPILOG = "Example: fishcompile migrate specs --check"


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("migrate", cls=LightCommand, epilog=_EPILOG)(migrate)


def migrate(
    specs: Annotated[
        list[str],
        typer.Argument(
            metavar="SPEC...",
            help="Files, folders to search, quoted patterns such as 'specs/**/*.yaml', "
            "or - for standard input, which is written to standard output.",
        ),
    ],
    check: Annotated[
        bool, typer.Option("--check", help="List the specs that are old, and change nothing.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Show what would change, and change nothing.")
    ] = False,
    stdin_filename: Annotated[
        str, typer.Option(metavar="FILE", help="What to call standard input.")
    ] = STDIN_NAME,
) -> None:
    """Rewrite specs of an older version of the language in the current one.

    Only keys that have another name now and the version number are edited. Exits with 0 when
    done, 1 where --check or --diff has something to show, 2 where a file is no spec.
    """
    if stdin_filename != STDIN_NAME and STDIN not in specs:
        raise UsageError("--stdin-filename names standard input", "give - as a SPEC to read it")
    from fishcompile.cli.standard_input import standard_input
    from fishcompile.loading.inputs import collect
    from fishcompile.schema.version import VERSION

    inputs = collect(specs, stdin_filename)
    given = standard_input(specs, stdin_filename)
    found, refused, code = _read_all(inputs, given)
    done, unwritten = found, 0
    if diff:
        sys.stdout.writelines(one.spec.diff() for one in found)
    elif not check:
        done, unwritten = _write(found, given)
    # standard input has taken standard output, and a diff has to be one for `patch`
    with redirect_stdout(sys.stderr if diff or (given and not check) else sys.stdout):
        if refused:
            print_report(report(refused))
        if not diff:
            for one in done:
                _tell(one, check=check)
        if not found and not refused:
            print(f"{len(inputs)} spec{'s, all' if len(inputs) > 1 else ','} of version {VERSION}")
    raise typer.Exit(max(code, unwritten, 1 if found and (check or diff) else 0))


def _read_all(
    inputs: Sequence[Input], given: Mapping[Path, bytes]
) -> tuple[list[Migrated], list[Diagnostic], int]:
    """The specs that are old, what is wrong with others, and the exit code of that."""
    from fishcompile.fixing.versions import UnversionedError
    from fishcompile.reader.read import UnreadableError

    found: list[Migrated] = []
    refused: list[Diagnostic] = []
    code = 0
    for item in inputs:
        try:
            old = _read(item, given)
        except SpecError as error:
            refused += error.report.diagnostics
            unknown = isinstance(error, UnreadableError | UnversionedError)
            code = max(code, 2 if unknown else 1)
        else:
            found += [old] if old else []
    return found, refused, code


def _read(item: Input, given: Mapping[Path, bytes]) -> Migrated | None:
    """The spec migrated in memory; None for one that is current. Raises SpecError."""
    from fishcompile.fixing.versions import UnversionedError, migrated
    from fishcompile.reader.read import file_bytes

    if item.problem:
        raise UnversionedError(report([item.problem]))
    data = given.get(item.path)
    return migrated(item.path, file_bytes(item.path, str(item.path)) if data is None else data)


def _write(found: list[Migrated], given: Mapping[Path, bytes]) -> tuple[list[Migrated], int]:
    """Writes the specs, standard input to standard output; those written, and the exit code.

    Standard input that is not migrated comes out as it went in: an editor that filters a text
    through the command must not lose it.
    """
    from fishcompile.fixing.specs import write_specs

    done: list[Migrated] = []
    code = 0
    texts = {**given, **{one.spec.path: one.spec.after for one in found}}
    for path in given:
        sys.stdout.buffer.write(texts[path])
        sys.stdout.buffer.flush()
    for one in found:
        try:
            if one.spec.path not in given:
                write_specs([one.spec])
            done.append(one)
        except UsageError as error:
            complain(str(error), error.help)
            code = 2
    return done, code


def _tell(one: Migrated, *, check: bool) -> None:
    """A line on what was done to a spec, or would be."""
    from fishcompile.schema.version import VERSION

    name = visible(str(one.spec.path))
    keys = f"{one.keys or 'no'} key{'' if one.keys == 1 else 's'}"
    if check:
        print(f"{name}: version {one.since}, {keys} to rename")
        return
    print(f"{name}: version {one.since} to {VERSION}, {keys} renamed")
    if one.modeline:
        schema = f"fishspec-{VERSION}.schema.json"
        print(f"{name}:{one.modeline}: left as it is; the schema to name here is {schema} now")
