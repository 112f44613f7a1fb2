"""What the commands print with: reports, complaints, and the notice of a bug in fishcompile."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Container, Sequence
from io import TextIOWrapper
from typing import TYPE_CHECKING

from fishcompile.package import VERSION

if TYPE_CHECKING:
    from fishcompile.diagnostics.finding import Report


def print_report(report: Report) -> None:
    """The report as text on standard output, coloured where that is a terminal."""
    from fishcompile.formats.text import render

    print(render(report, color=wants_color("auto"), width=line_width()))


def wants_color(when: str) -> bool:
    """Whether to colour standard output, `when` being auto, always or never.

    In auto NO_COLOR, then FORCE_COLOR, then a dumb terminal decide, each where it is set and not
    empty, as in Python itself; else whether standard output is a terminal.
    """
    if when != "auto":
        return when == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return os.environ.get("TERM") != "dumb" and sys.stdout.isatty()


def aligned(rows: Sequence[Sequence[str]], left: Container[int]) -> list[str]:
    """Rows of cells as lines: the columns of `left` begin in one place, the others end in one."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if at in left else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def line_width() -> int:
    """The columns of the terminal, 100 where there is none; COLUMNS is honoured."""
    import shutil  # with the archives that it can read a thirtieth of a check

    return max(shutil.get_terminal_size((100, 24)).columns, 40)


def complain(message: str, way_out: str = "") -> None:
    """An error about what was asked for, on standard error."""
    from fishcompile.formats._snippets import visible

    lines = "\n".join(visible(line) for line in message.splitlines())
    print(f"error: {lines}", file=sys.stderr)
    if way_out:
        print(f"  = help: {visible(way_out)}", file=sys.stderr)


def ending(run: Callable[[], int]) -> int:
    """The exit code of a process that runs this, whatever becomes of it or of standard output."""
    if isinstance(sys.stdout, TextIOWrapper):
        # what the encoding of a terminal or a pipe lacks is written as an escape
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        return run()
    except BrokenPipeError:
        # the reader of our output went away: nothing is left to say, and nowhere to say it
        _drop_output()
        return 0
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if isinstance(error, OSError) and error.filename is None:
            # of all files only standard output is written without a name: a full disk, say
            _drop_output()
            complain(f"the output cannot be written: {error.strerror}")
            return 2
        fault(error)
        return 3


def _drop_output() -> None:
    """Lets what is still buffered vanish, so that the interpreter's own flush cannot fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def fault(error: Exception) -> None:
    """A bug: what happened, with the traceback that a report of it needs."""
    import traceback

    print(f"fishcompile {VERSION} has a bug: {type(error).__name__}", file=sys.stderr)
    traceback.print_exception(error)
    print("please report it with the spec and the lines above", file=sys.stderr)
