"""The `fishcompile` command: finds the commands, and turns what they raise into exit codes.

Exit codes: 0 clean, 1 findings, 2 usage or unreadable input, 3 a bug in fishcompile.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Annotated

import typer

from fishcompile.cli.console import complain, ending, print_report
from fishcompile.cli.light import LightGroup
from fishcompile.diagnostics.errors import FindingError, UsageError
from fishcompile.diagnostics.finding import SpecError
from fishcompile.package import VERSION


def build_app(command: str | None = None) -> typer.Typer:
    """The application with every command of cli/commands, or with the one that is asked for.

    A command's imports are paid for only by those who call it.
    """
    app = typer.Typer(
        name="fishcompile",
        cls=LightGroup,
        help="Compile YAML specs of fish-shaped vision backbones to readable PyTorch.",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @app.callback()
    def options(
        version: Annotated[
            bool,
            typer.Option(
                "--version",
                help="Print the version and exit.",
                is_eager=True,
                callback=_print_version,
            ),
        ] = False,
    ) -> None:
        pass

    # a module cannot be called as a keyword is, so that of `import` ends in an underscore
    modules = [module.name for module in iter_modules([str(Path(__file__).parent / "commands")])]
    names = {name.rstrip("_"): name for name in modules}
    for name in [names[command]] if command in names else modules:
        import_module(f"fishcompile.cli.commands.{name}").register(app)
    return app


def _print_version(wanted: bool) -> None:
    """An eager option's callback runs before click asks for a command."""
    if wanted:
        print(f"fishcompile {VERSION}")
        raise typer.Exit


def _run() -> int:
    """Carries a command out, says what kept it from being carried out, and gives the exit code."""
    try:
        app = build_app(next((word for word in sys.argv[1:] if word[:1] != "-"), None))
        app(prog_name="fishcompile")
        sys.stdout.flush()
    except SystemExit as exit_:
        return exit_.code if isinstance(exit_.code, int) else 0
    except SpecError as error:
        from fishcompile.reader.read import UnreadableError

        print_report(error.report)
        sys.stdout.flush()
        return 2 if isinstance(error, UnreadableError) else 1
    except FindingError as error:
        complain(str(error), error.help)
        return 1
    except UsageError as error:
        complain(str(error), error.help)
        return 2
    return 0


def main() -> None:
    """Runs the command line and exits."""
    sys.exit(ending(_run))
