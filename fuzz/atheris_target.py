"""A coverage-guided fuzzer of bytes: `make fuzz`.

Or python fuzz/atheris_target.py CORPUS [options]. Options are libFuzzer's, such as
-max_total_time=60. An input for which something does not hold ends the run and is kept under the
name that libFuzzer prints.
"""

from __future__ import annotations

import atexit
import sys
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parent.parent))

with atheris.instrument_imports(include=["fishcompile"]):
    # all of the checker, also what it imports only when it runs
    import fishcompile.pipeline  # noqa: F401
    from fuzz.harness import Harness

harness = Harness()
atexit.register(harness.__exit__, None, None, None)


def one_input(data: bytes) -> None:
    """Raises Broken, at which libFuzzer stops."""
    harness.check(data)


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
