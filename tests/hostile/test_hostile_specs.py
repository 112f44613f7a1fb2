"""Hostile specs through the real command: a diagnostic, soon and in little memory, nothing written.

Each runs in a process of its own, whose processor time and peak memory the kernel reports. The time
is told in loops beside it, as no two machines take the same seconds.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import beside

LOOPS = 200  # of tests/beside.py; the slowest takes a fifth of that
MEGABYTES = 300

HEAD = "fishspec: 2\nname: net\n"
TAIL = "tail: {t: {out: 8, blocks: 1}}\n"
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{below}'] * 9)}]\n"
    for below, name in zip("abcdefg", "bcdefgh", strict=True)
)


def stages(count: int, body: str) -> str:
    return HEAD + "tail: {" + ", ".join(f"s{i}: {{{body}}}" for i in range(count)) + "}\n"


# (rule, 1-based line, what the message says), by what the attack is
SPECS = {
    "quote in a stage's name": (
        HEAD + "tail: {\"a'); import os; os.system('id')  #\": {out: 8, blocks: 1}}\n",
        ("FC201", 3, "is not a lower-case letter"),
    ),
    "newline in a stage's name": (
        HEAD + 'tail: {"a\\nimport os": {out: 8, blocks: 1}}\n',
        ("FC201", 3, "a\\nimport os"),
    ),
    "newline at the end of a name": (
        HEAD + 'tail: {"abc\\n": {out: 8, blocks: 1}}\n',
        ("FC201", 3, "abc\\n"),
    ),
    "look-alike in a name": (
        HEAD + "tail: {t\u0430il: {out: 8, blocks: 1}}\n",
        ("FC201", 3, "is not plain ASCII"),
    ),
    "right-to-left override in a name": (
        HEAD + 'tail: {"a\u202eb": {out: 8, blocks: 1}}\n',
        ("FC201", 3, "\\u202e"),
    ),
    "name that is code": (
        'fishspec: 2\nname: "net\\"\\"\\"; import os"\n' + TAIL,
        ("FC201", 2, "the spec's name"),
    ),
    "dunder name": (HEAD + "tail: {__class__: {out: 8, blocks: 1}}\n", ("FC201", 3, "__class__")),
    "keyword as a name": (HEAD + "tail: {lambda: {out: 8, blocks: 1}}\n", ("FC201", 3, "keyword")),
    "module attribute as a name": (
        HEAD + "tail: {forward: {out: 8, blocks: 1}}\n",
        ("FC201", 3, "attribute of every torch module"),
    ),
    "code as a number": (
        HEAD + "tail: {t: {out: \"__import__('os')\", blocks: 1}}\n",
        ("FC112", 3, "`out`"),
    ),
    "10^9 blocks": (HEAD + "tail: {t: {out: 8, blocks: 1000000000}}\n", ("FC112", 3, "1,000")),
    "10^7 blocks over many stages": (stages(9000, "out: 8, blocks: 999"), ("FC305", 3, "blocks")),
    "10^18 channels": (
        HEAD + "tail: {t: {out: 999999999999999999, blocks: 1}}\n",
        ("FC112", 3, "`out`"),
    ),
    "alias bomb": (BOMB, ("FC104", 6, "aliases expanded")),
    "100,000 brackets": (HEAD + "tail: " + "[" * 100_000, ("FC104", 3, "nested deeper")),
    "100,000 braces": (HEAD + "tail: " + "{a: " * 100_000, ("FC104", 3, "nested deeper")),
    "5,000 digits": (HEAD + "input: {size: " + "9" * 5000 + "}\n", ("FC105", 3, "5,000")),
    "not a number": (HEAD + "input: {size: .nan}\n", ("FC105", 3, ".nan")),
    "infinity": (HEAD + "input: {size: 1e999}\n", ("FC105", 3, "1e999")),
    "a megabyte of keys": (
        HEAD + "".join(f"k{i}: 1\n" for i in range(60_000)),
        ("FC110", 3, "unknown key `k0`"),
    ),
    "thousands of unknown references": (
        stages(6000, "out: 8, blocks: 1, transfer: {from: nobody}, merge: add"),
        ("FC203", 3, "no stage is named `nobody`"),
    ),
    "python tag": (HEAD + "tail: !!python/object/apply:os.system [id]\n", ("FC103", 3, "tag")),
    "escape sequence": (HEAD + 'x: "\\e]0;owned\\a"\n', ("FC110", 3, "unknown key `x`")),
    "two megabytes": ("# " + "x" * 2_000_000, ("FC100", 1, "at most 1,048,576")),
    "nul": (HEAD + "x: \0\n", ("FC101", 3, "U+0000")),
    "next line": (HEAD + "x: 1 # \u0085tail: 2\n", ("FC103", 3, "U+0085")),
}


# A child counts the memory of the process that forked it, so a small one stands between.
LAUNCHER = """
import os, subprocess, sys
sys.path.insert(0, sys.argv.pop(1))
from beside import loop
unit = loop()
child = subprocess.Popen([sys.executable, "-m", "fishcompile", *sys.argv[1:]])
_, status, usage = os.wait4(child.pid, 0)
code = os.waitstatus_to_exitcode(status)
loops = 2 * (usage.ru_utime + usage.ru_stime) / (unit + loop())
print(f"\\n{code} {loops} {usage.ru_maxrss / 1024}")
"""


def run(arguments: list[str], folder: Path) -> tuple[int, str, float, float]:
    """Exit code, output, work in loops and peak megabytes of `fishcompile ARGUMENTS`."""
    done = subprocess.run(
        [sys.executable, "-c", LAUNCHER, str(Path(beside.__file__).parent), *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        check=True,
    )
    output, _, figures = done.stdout.decode().rstrip("\n").rpartition("\n")
    code, loops, megabytes = figures.split()
    return int(code), output.removesuffix("\n") + "\n", float(loops), float(megabytes)


@pytest.mark.parametrize("name", SPECS)
def test_a_hostile_spec_is_refused(name: str, tmp_path: Path) -> None:
    text, (rule, line, message) = SPECS[name]
    (tmp_path / "net.yaml").write_bytes(text.encode())
    before = sorted(tmp_path.iterdir())
    code, output, loops, megabytes = run(["build", "net.yaml"], tmp_path)
    assert code == (2 if rule == "FC100" else 1), output[-2000:]
    assert "Traceback" not in output
    first = output.split("\n\n")[0]
    assert first.startswith(f"error[{rule}]: "), first
    assert f"--> net.yaml:{line}:" in first
    assert message in first
    assert all(c.isprintable() or c == "\n" for c in output)
    assert sorted(tmp_path.iterdir()) == before
    assert loops < LOOPS
    assert megabytes < MEGABYTES


def test_extends_does_not_climb_out_of_its_root(tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (tmp_path / "secret.yaml").write_text("password: hunter2\n")
    for target in ("../secret.yaml", str(tmp_path / "secret.yaml"), "x/../../secret.yaml"):
        (root / "net.yaml").write_text(f"{HEAD}extends: {target}\n")
        code, output, _, _ = run(["check", "net.yaml"], root)
        assert code == 1
        assert "error[FC120]: the base lies outside the spec's root" in output
        assert "--> net.yaml:3:10" in output
        assert "hunter2" not in output


def test_extends_does_not_follow_a_link_out_of_its_root(tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (tmp_path / "secret.yaml").write_text("password: hunter2\n")
    (root / "base.yaml").symlink_to(tmp_path / "secret.yaml")
    (root / "net.yaml").write_text(f"{HEAD}extends: base.yaml\n")
    code, output, _, _ = run(["check", "net.yaml"], root)
    assert code == 1
    assert "error[FC120]: the base lies outside" in output
    assert "hunter2" not in output


def test_extends_stays_below_a_marked_root(tmp_path: Path) -> None:
    """A variant in a sub-folder may extend a spec of its own project."""
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "variants").mkdir()
    (tmp_path / "base.yaml").write_text(HEAD + TAIL)
    variant = f"{HEAD}extends: ../base.yaml\n"
    (tmp_path / "variants" / "net.yaml").write_text(variant)
    code, output, _, _ = run(["check", "variants/net.yaml"], tmp_path)
    assert (code, output) == (0, "1 spec checked, no errors\n")


@pytest.mark.parametrize(
    ("files", "chain"),
    [
        ({"net.yaml": "net.yaml"}, "net.yaml -> net.yaml"),
        ({"net.yaml": "b.yaml", "b.yaml": "net.yaml"}, "net.yaml -> b.yaml -> net.yaml"),
    ],
)
def test_extends_does_not_go_in_circles(files: dict[str, str], chain: str, tmp_path: Path) -> None:
    for name, target in files.items():
        (tmp_path / name).write_text(f"{HEAD}extends: {target}\n")
    code, output, loops, _ = run(["check", "net.yaml"], tmp_path)
    assert code == 1
    assert f"error[FC120]: `extends` leads back to itself: {chain}" in output
    assert loops < LOOPS


def test_a_long_chain_of_variants_ends(tmp_path: Path) -> None:
    for index in range(40):
        (tmp_path / f"v{index}.yaml").write_text(f"{HEAD}extends: v{index + 1}.yaml\n")
    code, output, _, _ = run(["check", "v0.yaml"], tmp_path)
    assert code == 1
    assert "error[FC120]: more than 16 specs extend each other" in output


def test_a_pipe_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "net.yaml")
    code, output, _, _ = run(["check", "net.yaml"], tmp_path)
    assert code == 2
    assert "error[FC100]" in output
