"""How long `fishcompile check` takes, in user time, beside the imports that it stands on.

    python benchmarks/startup.py [--pairs 15] [--stages 10 1000 10000]

The check of FishNet-99 and the bare imports run in alternation, so that a slow spell of the machine
meets both. User time is what the kernel counted for the child process. The command has to be
installed beside the Python that runs this.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
FISHNET99 = ROOT / "specs" / "fishnet99.yaml"
CHECK = [str(Path(sys.executable).with_name("fishcompile")), "check"]
IMPORTS = [sys.executable, "-c", "import yaml, jsonschema, networkx, typer"]


def user_time(command: list[str]) -> tuple[float, int]:
    """Seconds of user time of a process and its exit code; its output is dropped."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime, process.returncode


def tail_of(stages: int) -> str:
    """A spec of one row of stages, which sample down nowhere."""
    head = ["fishspec: 1", f"name: row{stages}", "input: {size: 32}", "tail:"]
    rows = [f"  tail{i}: {{out: 64, blocks: 1, down: none}}" for i in range(1, stages + 1)]
    return "\n".join([*head, *rows, f"taps: {{last: tail{stages}}}", ""])


def pairs(count: int) -> tuple[list[float], list[float]]:
    """User times of the check of FishNet-99 and of the imports, in alternation."""
    check, imports = [], []
    for _ in range(count):
        seconds, code = user_time([*CHECK, str(FISHNET99)])
        assert code == 0, "the shipped spec holds"
        check.append(seconds)
        imports.append(user_time(IMPORTS)[0])
    return check, imports


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--pairs", type=int, default=15)
    parser.add_argument("--stages", type=int, nargs="*", default=[10, 1000, 10_000])
    options = parser.parse_args()
    user_time([*CHECK, str(FISHNET99)])  # once for the disk's cache and the byte code
    check, imports = (statistics.median(times) for times in pairs(options.pairs))
    print(f"check fishnet99  {check:.3f} s user, median of {options.pairs}")
    print(f"imports alone    {imports:.3f} s user, median of {options.pairs}")
    print(f"ratio            {check / imports:.2f}")
    with tempfile.TemporaryDirectory() as folder:
        for stages in options.stages:
            path = Path(folder, f"row{stages}.yaml")
            path.write_text(tail_of(stages), encoding="utf-8")
            times, codes = zip(*(user_time([*CHECK, str(path)]) for _ in range(3)), strict=True)
            print(f"{stages:>6} stages    {statistics.median(times):.2f} s user, exit {codes[0]}")


if __name__ == "__main__":
    main()
