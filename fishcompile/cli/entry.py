"""The console script. The garbage collector rests while modules load: they are not garbage."""

from __future__ import annotations

import gc


def main() -> None:
    """Runs the command line and exits."""
    gc.disable()
    from fishcompile.cli.app import main as run

    run()
