"""What each hostile spec of the tests costs as a whole process: CPU seconds and peak memory.

    python benchmarks/hostile.py [--least 1.0] [NAME ...]

Runs `fishcompile build` on the specs of tests/hostile, or those whose names hold a NAME, one after
the other, and prints what took at least `--least` seconds, the slowest first. The memory is that of
the process alone.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.hostile import test_hostile_graphs, test_hostile_specs

COMMAND = [str(Path(sys.executable).with_name("fishcompile")), "build", "net.yaml", "-o", "-"]
# A child counts the memory of the process that forked it, so a small one stands between.
BETWEEN = """
import os, subprocess, sys
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, status, usage = os.wait4(child.pid, 0)
print(os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
"""


def cases() -> dict[str, dict[str, str]]:
    """The files of each hostile spec, of which net.yaml is built."""
    single = {name: {"net.yaml": text} for name, (text, _) in test_hostile_specs.SPECS.items()}
    graphs = {name: files for name, (files, _) in test_hostile_graphs.SPECS.items()}
    return {**single, **graphs, **test_hostile_graphs.ALLOWED}


def measured(files: dict[str, str]) -> tuple[int, float, float]:
    """The exit code, CPU seconds and peak megabytes of one build."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        command = [sys.executable, "-S", "-c", BETWEEN, *COMMAND]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    code, seconds, megabytes = done.stdout.split()
    return int(code), float(seconds), float(megabytes)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--least", type=float, default=0.0, metavar="SECONDS")
    chosen = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    found = {
        name: measured(files)
        for name, files in cases().items()
        if not chosen.names or any(part in name for part in chosen.names)
    }
    for name, (code, seconds, megabytes) in sorted(found.items(), key=lambda item: -item[1][1]):
        if seconds >= chosen.least:
            print(f"{name:48} exit {code}  {seconds:6.2f} s  {megabytes:6.0f} MB")


if __name__ == "__main__":
    main()
