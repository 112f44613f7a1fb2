"""One recorded run: `make fuzz-record`, or python -m fuzz.record [--count N] [--seed S].

Checks every input, stops at nothing, and writes the figures into docs/reliability.md. Exits with 1
where something did not hold; such inputs are kept in build/fuzz.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from fishcompile.package import VERSION
from fuzz.harness import MAX_BYTES, MAX_SECONDS, Broken, Harness, Outcome
from fuzz.inputs import Input, inputs

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "reliability.md"
KEPT = ROOT / "build" / "fuzz"
BEGIN = "<!-- The recorded run: written by fuzz/record.py. -->"
END = "<!-- End of the recorded run. -->"


@dataclass
class Figures:
    """What a run has seen so far."""

    inputs: Counter[str] = field(default_factory=Counter)
    clean: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    slowest: tuple[float, str] = (0.0, "")
    most: int = 0
    seconds: list[float] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def add(self, number: int, made: Input, outcome: Outcome) -> None:
        """Counts one input that held."""
        self.clean[made.family] += outcome.report.ok
        self.rules.update({found.rule for found in outcome.report.diagnostics})
        self.slowest = max(self.slowest, (outcome.seconds, f"{made.family}, number {number}"))
        self.most = max(self.most, outcome.grown)
        self.seconds.append(outcome.seconds)


def run(seed: int, count: int) -> Figures:
    """Checks `count` inputs of a seed."""
    figures = Figures()
    with Harness() as harness:
        for number, made in enumerate(inputs(seed, count)):
            figures.inputs[made.family] += 1
            try:
                figures.add(number, made, harness.check(made.data, made.beside))
            except Broken as broken:
                figures.broken.append(f"{number} ({made.family}): {broken}")
                _keep(number, made)
            if number % 1000 == 999:
                sys.stderr.write(f"{number + 1:,} inputs, {len(figures.broken)} broken\n")
    return figures


def _keep(number: int, made: Input) -> None:
    folder = KEPT / str(number)
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in {"input.yaml": made.data, **made.beside}.items():
        (folder / name).write_bytes(data)


def table(figures: Figures, seed: int, count: int, took: float) -> str:
    """The figures as Markdown."""
    median = sorted(figures.seconds)[len(figures.seconds) // 2]
    seconds, where = figures.slowest
    rows = [
        ("command", f"`python -m fuzz.record --seed {seed} --count {count}`"),
        ("fishcompile, Python, cores", f"{VERSION}, {platform.python_version()}, {os.cpu_count()}"),
        ("inputs", f"{figures.inputs.total():,}"),
        ("tracebacks, spans outside their file, ceilings passed", f"{len(figures.broken)}"),
        ("median input", f"{median * 1000:.1f} ms"),
        ("slowest input", f"{seconds:.2f} s of {MAX_SECONDS:.0f} s ({where})"),
        ("most memory for one input", f"{figures.most / 2**20:.0f} MB of {MAX_BYTES >> 20} MB"),
        ("whole run", f"{took:,.0f} s"),
    ]
    lines = ["| | |", "|---|---|", *(f"| {key} | {value} |" for key, value in rows), ""]
    lines += ["| family | inputs | of these without an error |", "|---|---|---|"]
    for family, number in figures.inputs.items():
        lines.append(f"| {family} | {number:,} | {figures.clean[family]:,} |")
    lines += ["", "| rule | inputs in which it was found |", "|---|---|"]
    lines += [f"| {rule} | {number:,} |" for rule, number in sorted(figures.rules.items())]
    lines += [""] if figures.broken else []
    lines += [f"- {broken}" for broken in figures.broken]
    return "\n".join(lines)


def main() -> int:
    """Runs, writes, and says whether everything held."""
    parser = argparse.ArgumentParser(prog="python -m fuzz.record")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--dry-run", action="store_true", help="print, and write nothing")
    options = parser.parse_args()
    begin = time.monotonic()
    figures = run(options.seed, options.count)
    took = time.monotonic() - begin
    text = table(figures, options.seed, options.count, took)
    if options.dry_run:
        sys.stdout.write(text + "\n")
    else:
        page = PAGE.read_text(encoding="utf-8")
        before, _, rest = page.partition(BEGIN)
        _, _, after = rest.partition(END)
        PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")
    return 1 if figures.broken else 0


if __name__ == "__main__":
    sys.exit(main())
