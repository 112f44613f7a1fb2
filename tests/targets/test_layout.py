"""Layout against `ruff format` itself, for calls and signatures drawn at random."""

from __future__ import annotations

import subprocess
import sys
from random import Random
from typing import TYPE_CHECKING

from fishcompile.analysis.frames import WIDTH
from fishcompile.targets.python_source.line_breaking import entry, signature, statement

if TYPE_CHECKING:
    from pathlib import Path

STEP = "    "


def name(r: Random, longest: int = 24) -> str:
    return "".join(r.choice("bcdghk") for _ in range(r.randint(1, longest)))


def call(r: Random, depth: int) -> str:
    """Nested calls such as the emitter writes, of names, numbers and keywords."""
    arguments = [
        call(r, depth - 1) if depth and r.random() < 0.4 else r.choice([name(r), "1600", "256"])
        for _ in range(r.randint(1, 4))
    ]
    arguments += [f"{name(r, 9)}{i}={r.randint(1, 9)}" for i in range(r.randint(0, 3))]
    return f"{r.choice(['', 'self.', 'nn.'])}{name(r)}({', '.join(arguments)})"


def sequence(r: Random) -> str:
    """`nn.Sequential(First(...), *(Rest(...) for _ in range(n)))`, or either part alone."""
    first, rest = (f"{name(r).title()}({', '.join(name(r) for _ in range(3))})" for _ in "ab")
    loop = f"*({rest} for _ in range({name(r)} - 1))"
    parts = r.choice([[first], [loop], [first, loop]])
    return f"nn.Sequential({', '.join(parts)})"


def test_statements_are_as_ruff_formats_them(tmp_path: Path) -> None:
    r = Random(1)
    lines = ["class A:", f"{STEP}def f(self):"]
    for _ in range(400):
        target = r.choice(["return ", f"{name(r, 60)} = ", f"self.{name(r, 64)} = "])
        if r.random() < 0.3 and target != "return ":
            expression = sequence(r)
        else:
            expression = call(r, r.randint(0, 2))
        lines += statement(target, expression, STEP * 2)
    assert_formatted(tmp_path, lines)


def test_signatures_are_as_ruff_formats_them(tmp_path: Path) -> None:
    r = Random(2)
    lines = ["class A:"]
    for _ in range(150):
        parameters = [f"{name(r)}: int" for _ in range(r.randint(0, 5))]
        parameters += [f"{name(r)}: int = {r.randint(1, 9)}" for _ in range(r.randint(0, 3))]
        lines += signature(name(r), ["self", *parameters], "None", STEP)
        lines += [f"{STEP * 2}pass", ""]
    assert_formatted(tmp_path, lines[:-1])


def test_entries_are_as_ruff_formats_them(tmp_path: Path) -> None:
    r = Random(3)
    lines = ["A = {"]
    for _ in range(100):
        values = [f'"{key}": {r.randint(1, 10**7)}' for key in ("channels", "stride")]
        lines += entry(f'"{name(r, 64)}": ', "{", values, "}", STEP)
        lines += entry(f'"{name(r, 64)}": a', "[", [f'"{name(r, 64)}"'], "]", STEP)
    assert_formatted(tmp_path, [*lines, "}"])


def test_a_line_that_fits_stays_one() -> None:
    fitting = "f(" + "a" * (WIDTH - 7) + ")"
    assert statement("x = ", fitting, "") == [f"x = {fitting}"]
    assert statement("xy = ", fitting, "") == ["xy = f(", STEP + "a" * (WIDTH - 7), ")"]
    assert signature("f", ["self"], "None", "") == ["def f(self) -> None:"]


def assert_formatted(folder: Path, lines: list[str]) -> None:
    file = folder / "drawn.py"
    file.write_text("\n".join(lines) + "\n", encoding="ascii")
    command = ["ruff", "format", "--isolated", "--no-cache", "--diff", str(file)]
    done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
