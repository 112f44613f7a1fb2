"""`fishcompile show`, and what holds for every command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fishcompile.cli.app import build_app
from fishcompile.package import VERSION
from tests.cli.test_build import MODULES
from tests.nets import shipped, write_minnow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.conftest import Run


def commands() -> Iterator[list[str]]:
    """Every command as its words."""
    app = build_app()
    yield from ([info.name or ""] for info in app.registered_commands)
    for group in app.registered_groups:
        assert group.typer_instance is not None
        for info in group.typer_instance.registered_commands:
            yield [group.name or "", info.name or ""]


COMMANDS = sorted(commands())
# An editor starts it, with nothing to say.
WITHOUT_EXAMPLE = [["lsp"]]

# By hand: 8 channels at stride 2 of 64 pixels, then each stage's own trunk before its merge.
MINNOW = """\
stage             input        output    blocks
stem              3x64x64      8x32x32        0
tail1             8x32x32      16x16x16       1
tail2             16x16x16     32x8x8         2
bridge            32x8x8       32x8x8         2
body2             32x8x8       32x16x16   1 + 1
body1             32+16x16x16  24x32x32   2 + 2
head1             24+8x32x32   32x16x16   1 + 1
head2             32+48x16x16  80x8x8     2 + 1
classifier.score  80+32x8x8    56x8x8         0
classifier.fc     56x8x8       10             0
total
"""


def test_the_table_of_a_small_fish(run: Run, here: Path) -> None:
    write_minnow(here)
    result = run("show", "minnow.yaml")
    assert (result.code, result.err) == (0, "")
    width = len(MINNOW.split("\n")[0])
    shapes = [line[:width].rstrip() for line in result.out.splitlines()]
    assert "\n".join(shapes) + "\n" == MINNOW


def test_the_table_of_fishnet99_ends_in_its_sum(run: Run) -> None:
    last = run("show", shipped("fishnet99")).out.splitlines()[-1]
    assert last.split() == ["total", "4", "100", "16,628,904", "4,263,656,704"]


def test_a_spec_with_errors_shows_them(run: Run, here: Path) -> None:
    write_minnow(here, {"classifier": "{classes: 10, from: head9}"})
    result = run("show", "minnow.yaml")
    assert result.code == 1
    assert "error[FC203]: no stage is named `head9`\n" in result.out


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_ends_in_an_example(run: Run, command: list[str], option: str) -> None:
    result = run(*command, option)
    assert (result.code, result.err) == (0, "")
    assert f"Usage: fishcompile {' '.join(command)} " in result.out
    if command not in WITHOUT_EXAMPLE:
        assert f"Example: fishcompile {' '.join(command)}" in " ".join(result.out.split())


def test_the_known_commands_are_there() -> None:
    known = [["build"], ["check"], ["explain"], ["show"], ["weights", "convert"]]
    assert [command for command in known if command not in COMMANDS] == []


def test_the_program_alone_says_what_it_can_do(run: Run) -> None:
    result = run("--help")
    assert result.code == 0
    assert all(f"  {command[0]} " in result.out for command in COMMANDS)
    assert run().code == 2


def test_the_version(run: Run) -> None:
    result = run("--version")
    assert (result.code, result.out) == (0, f"fishcompile {VERSION}\n")


@pytest.mark.parametrize("arguments", [["shwo"], ["show"], ["show", "--colour", "x.yaml"]])
def test_misuse_is_code_2(run: Run, arguments: list[str]) -> None:
    result = run(*arguments)
    assert (result.code, result.out) == (2, "")
    assert "Usage: fishcompile" in result.err


def test_a_bug_is_code_3_with_its_traceback(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("of ours")

    monkeypatch.setattr("fishcompile.pipeline.analyse", broken)
    result = run("show", shipped("fishnet99"))
    assert (result.code, result.out) == (3, "")
    assert result.err.startswith(f"fishcompile {VERSION} has a bug: ZeroDivisionError\n")
    assert "Traceback (most recent call last)" in result.err


def process(*arguments: str, **options: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "fishcompile", *arguments]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, **options)  # type: ignore[call-overload, no-any-return]


def test_the_package_runs_as_a_module(tmp_path: Path) -> None:
    done = process("--version", stdout=subprocess.PIPE, cwd=tmp_path)
    out, err = done.communicate()
    assert (done.returncode, out, err) == (0, f"fishcompile {VERSION}\n", "")


@pytest.mark.parametrize(
    "arguments", [["show"], ["build", "-o", "-"], ["build", "--emit", "ir"], ["check"]]
)
def test_a_reader_that_goes_away_is_no_error(arguments: list[str]) -> None:
    """As in `| head -1`: with its pipe's other end closed, nothing is said."""
    reading, writing = os.pipe()
    os.close(reading)
    command, *options = arguments
    done = process(command, str(shipped("fishnet201")), *options, stdout=writing)
    os.close(writing)
    _, err = done.communicate()
    assert err == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("command", ["show", "check"])
def test_a_full_disk_is_no_bug_of_ours(command: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = process(command, str(shipped("fishnet99")), stdout=full)
        _, err = done.communicate()
    assert done.returncode == 2
    assert err == "error: the output cannot be written: No space left on device\n"


def test_little_is_loaded(here: Path) -> None:
    write_minnow(here)
    arguments = [sys.executable, "-c", MODULES, "show", "minnow.yaml"]
    done = subprocess.run(arguments, cwd=here, capture_output=True, text=True, check=True)
    *_, code, names = done.stdout.splitlines()
    assert code == "code 0"
    assert not {"torch", "numpy", "pydantic", "rich", "safetensors"} & set(names.split())
