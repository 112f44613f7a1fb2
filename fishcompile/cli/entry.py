"""The console script: the command line as a process of its own, which begins and ends quickly.

The garbage collector rests: a command makes no cycles worth the search, and its memory is bounded
by the limits on a spec. One that lives long or calls torch wakes it. The process ends without
taking apart, object by object, what the system frees at once.
"""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

from fishcompile.package import VERSION


def main() -> None:
    """Runs the command line and ends the process."""
    _open_what_is_closed()
    if sys.argv[1:] == ["--version"]:
        print(f"fishcompile {VERSION}")  # of all questions the one that needs no command line
        return
    gc.disable()
    code = 0
    try:
        _run()
    except SystemExit as exit_:
        code = exit_.code if isinstance(exit_.code, int) else 0
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        # nobody reads on, or a server has closed its output: there is nothing left to say
        pass
    os._exit(code)


def _run() -> None:
    if sys.argv[1:2] == ["check"] and not os.environ.get("FISHCOMPILE_NO_CACHE"):
        from fishcompile.cli.again import earlier, printed
        from fishcompile.cli.console import ending

        found = earlier(sys.argv[1:])
        if found is not None:
            sys.exit(ending(lambda: printed(*found)))
    from fishcompile.cli.app import main as run

    run()


def _open_what_is_closed() -> None:
    """A stream that the caller closed leads nowhere, and no file that is opened takes its place."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115
