"""Reads files given as arguments, each in a child with bounded memory, and says what came of it.

Prints a line for each: read, refused, or what else happened, and the sentence.
"""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

import torch

from fishcompile.diagnostics.errors import UsageError
from fishcompile.weights.checkpoint_files import read_checkpoint
from tests.hostile.checkpoints import TENSORS

BEYOND = 300 << 20  # bytes that reading may take beside the file's own
SECONDS = 60  # of the processor, after which a child has hung


def attempt(path: Path) -> str:
    """What reading gives, in a line."""
    try:
        found = read_checkpoint(path).tensors
    except UsageError as error:
        return f"refused {error}"
    same = {name: torch.equal(tensor, TENSORS[name]) for name, tensor in found.items()}
    return "read" if same == dict.fromkeys(TENSORS, True) else f"differs {sorted(found)}"


def main() -> None:
    """Reads all."""
    torch.set_num_threads(1)
    taken = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * os.sysconf(
        "SC_PAGESIZE"
    )
    for name in sys.argv[1:]:
        path = Path(name)
        sys.stdout.flush()
        child = os.fork()
        if not child:
            most = taken + BEYOND + path.stat().st_size
            resource.setrlimit(resource.RLIMIT_AS, (most, most))
            resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
            code = 0
            try:
                print(ascii(attempt(path)), flush=True)
            except BaseException as error:
                print(ascii(f"raised {type(error).__name__}: {error}"), flush=True)
            os._exit(code)
        _, status = os.waitpid(child, 0)
        if status:
            print(ascii(f"died {status}"), flush=True)


if __name__ == "__main__":
    main()
