"""What the commands print with: reports, complaints, and the notice of a bug in fishcompile."""

from __future__ import annotations

import os
import shutil
import sys
import traceback

from fishcompile.diagnostics import Report
from fishcompile.version import VERSION


def print_report(report: Report) -> None:
    """The report as text on standard output, coloured where that is a terminal."""
    from fishcompile.formats.text import render

    color = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    width = shutil.get_terminal_size((100, 24)).columns
    print(render(report, color=color, width=max(width, 40)))


def complain(message: str, way_out: str = "") -> None:
    """An error about what was asked for, on standard error."""
    from fishcompile.formats.text import visible

    lines = "\n".join(visible(line) for line in message.splitlines())
    print(f"error: {lines}", file=sys.stderr)
    if way_out:
        print(f"  = help: {visible(way_out)}", file=sys.stderr)


def fault(error: Exception) -> None:
    """A bug: what happened, with the traceback that a report of it needs."""
    print(f"fishcompile {VERSION} has a bug: {type(error).__name__}", file=sys.stderr)
    traceback.print_exception(error)
    print("please report it with the spec and the lines above", file=sys.stderr)
