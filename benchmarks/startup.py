"""How long `fishcompile check` takes as a whole process, beside the imports that it stands on.

    python benchmarks/startup.py [--pairs 15] [--peers check-jsonschema yamllint] [--again]

The check of FishNet-99 and the bare imports run in alternation, so that a slow spell of the machine
meets both; so do the peers, on the same file, where their commands are found. User time is what the
kernel counted for the child process. fishcompile has to be installed beside the Python that runs
this.

With --again only a check that the cache answers is measured, beside the import of yaml alone. All
other figures are without the cache.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
FISHNET99 = str(ROOT / "specs" / "fishnet99.yaml")
SCHEMA = str(ROOT / "schemas" / "fishspec-2.schema.json")
AGAIN = [str(Path(sys.executable).with_name("fishcompile")), "check"]
CHECK = [*AGAIN, "--no-cache"]
YAML = [sys.executable, "-c", "import yaml"]
IMPORTS = [sys.executable, "-c", "import yaml, jsonschema, networkx, typer"]
NEEDED = [sys.executable, "-c", "import yaml, typer"]  # of these, by a spec that fits
PEERS = {"check-jsonschema": ["--schemafile", SCHEMA, FISHNET99], "yamllint": [FISHNET99]}


def timed(command: list[str]) -> tuple[float, float]:
    """Seconds of user time and of wall time of a process; its output is dropped."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime, wall


def alternated(commands: dict[str, list[str]], count: int) -> dict[str, tuple[float, float]]:
    """Median user and wall seconds of each command, run in turn after one run for the caches."""
    runs: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for turn in range(count + 1):
        for name, command in commands.items():
            figures = timed(command)
            if turn:
                runs[name].append(figures)
    return {
        name: (statistics.median(u for u, _ in times), statistics.median(w for _, w in times))
        for name, times in runs.items()
    }


def again_in_process(spec: str, count: int = 50) -> float:
    """Median user seconds of an analysis after the first, as an editor or a sweep makes them."""
    from fishcompile.pipeline import analyse

    times: list[float] = []
    for _ in range(count + 1):
        begin = time.process_time()
        analyse(Path(spec))
        times.append(time.process_time() - begin)
    return statistics.median(times[1:])


def row_of(stages: int) -> str:
    """A spec of one row of stages, which sample down nowhere."""
    head = ["fishspec: 2", f"name: row{stages}", "input: {size: 32}", "tail:"]
    rows = [f"  tail{i}: {{out: 64, blocks: 1, down: none}}" for i in range(1, stages + 1)]
    return "\n".join([*head, *rows, f"taps: {{last: tail{stages}}}", ""])


def main() -> None:
    """Measures and prints a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--pairs", type=int, default=15)
    parser.add_argument("--peers", nargs="*", default=list(PEERS), help="their commands, or paths")
    parser.add_argument("--again", action="store_true", help="what the cache answers, 20 pairs")
    options = parser.parse_args()
    if options.again:
        found = alternated({"import yaml": YAML, "check again": [*AGAIN, FISHNET99]}, 20)
        yaml, again = found["import yaml"][1], found["check again"][1]
        print(f"import yaml {yaml:.4f} s, check again {again:.4f} s wall: {again / yaml:.2f}")
        return
    first = {"imports alone": IMPORTS, "yaml and typer": NEEDED, "1 spec": [*CHECK, FISHNET99]}
    for peer in filter(shutil.which, options.peers):
        first[Path(peer).name] = [peer, *PEERS[Path(peer).name]]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "many").mkdir()
        for index in range(100):
            (folder / "many" / f"net{index}.yaml").write_text(row_of(10), encoding="utf-8")
        for stages in (10, 1000, 10_000):
            (folder / f"row{stages}.yaml").write_text(row_of(stages), encoding="utf-8")
        second = {"100 specs of 10 stages": [*CHECK, str(folder / "many")]}
        second |= {
            f"{n} stages": [*CHECK, str(folder / f"row{n}.yaml")] for n in (10, 1000, 10_000)
        }
        found = alternated(first, options.pairs) | alternated(second, 5)
    base = found["imports alone"]
    for what, (user, wall) in found.items():
        print(f"{what:24} {user:6.3f} s user {wall:6.3f} s wall {user / base[0]:6.2f} x imports")
    again = again_in_process(FISHNET99)
    print(f"one more analysis of FishNet-99 in a process that has done one  {1000 * again:.1f} ms")
    further = (found["100 specs of 10 stages"][0] - found["10 stages"][0]) / 99
    print(f"each further small spec  {1000 * further:.1f} ms user")


if __name__ == "__main__":
    main()
