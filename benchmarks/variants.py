"""How long a sweep of 10,000 variants of FishNet-99 takes, as a process of its own.

    python -m benchmarks.variants [--jobs 2] [--where CONDITION]

Prints the seconds that it took, those of the processors, and what became of the combinations.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

SPEC = Path(__file__).parent.parent / "specs" / "fishnet99.yaml"
AXES = (
    "tail.tail1.out=64..352/32",
    "tail.tail3.blocks=1..10",
    "head.head1.blocks=1..4",
    "head.head2.blocks=1..5",
    "head.head3.blocks=1..5",
)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--jobs", default=str(os.cpu_count()))
    parser.add_argument("--where", default="")
    asked = parser.parse_args()
    command = [sys.executable, "-m", "fishcompile", "sweep", str(SPEC), "--format", "json"]
    options = ["--jobs", asked.jobs, "--where", asked.where, *(f"--set={axis}" for axis in AXES)]
    start = time.perf_counter()
    done = subprocess.run([*command, *options], check=True, capture_output=True)
    wall, used = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    found = json.loads(done.stdout)
    print(
        f"{wall:.1f} s, {used.ru_utime + used.ru_stime:.1f} s of processors, "
        f"{used.ru_maxrss / 1024:.0f} MB in the largest process; of {found['looked_at']:,} "
        f"{len(found['rows']):,} hold, {found['passed_over']:,} are passed over"
    )


if __name__ == "__main__":
    main()
