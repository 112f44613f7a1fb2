"""What a command imports: counted, as the time that it takes is another on every machine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.nets import shipped

READING = ("pipeline", "reader", "loading", "schema", "language", "ir", "expand", "analysis")

COUNTED = """
import sys
before = len(sys.modules)
import os
def end(code):
    print(len(sys.modules) - before, *sorted(sys.modules), file=sys.stderr)
    sys.stderr.flush()
    exit_(code)
exit_, os._exit = os._exit, end
from fishcompile.cli.entry import main
main()
if sys.argv[1:] == ["--version"]:
    end(0)
"""


def imported(*arguments: str) -> tuple[int, set[str]]:
    """How many modules a command imports beside those of Python's own start, and all of them."""
    command = [sys.executable, "-c", COUNTED, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    count, *names = done.stderr.splitlines()[-1].split()
    return int(count), set(names)


@pytest.mark.parametrize(
    ("arguments", "most"),
    [
        (["--version"], 45),
        (["--help"], 190),
        (["check", "--help"], 165),
        (["check", "--nothing"], 175),
        (["nothing"], 190),
        (["rules"], 190),
        (["explain", "FC401"], 205),
        (["explain", "nothing"], 205),
    ],
)
def test_what_reads_no_spec_imports_nothing_of_what_reads_one(
    arguments: list[str], most: int
) -> None:
    count, names = imported(*arguments)
    assert count <= most
    assert not {"yaml", "jsonschema", "networkx", "pydantic", "rich"} & names
    assert not {f"fishcompile.{room}" for room in READING} & names
    assert ("typer" in names) == (arguments != ["--version"])


def test_a_check_imports_no_more_than_it_needs() -> None:
    count, names = imported("check", str(shipped("fishnet99")))
    own = [name for name in names if name.partition(".")[0] == "fishcompile"]
    assert len(own) <= 162
    assert count - len(own) <= 500  # networkx and what it imports are two thirds of these
    # what a spec that fits does without
    assert not {"jsonschema", "fishcompile.schema.messages", "fishcompile.blame"} & names


def test_what_answers_a_check_again_costs_a_check_two_modules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FISHCOMPILE_NO_CACHE")
    monkeypatch.setenv("FISHCOMPILE_CACHE_DIR", str(tmp_path / "cache"))
    _, names = imported("check", str(shipped("fishnet99")))
    own = [name for name in names if name.partition(".")[0] == "fishcompile"]
    assert len(own) <= 162 + 2  # cli/again.py and files/store.py


def test_a_misfit_is_worded_by_way_of_jsonschema(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text("fishspec: 2\nname: net\ntail: 1\n")
    _, names = imported("check", str(tmp_path / "net.yaml"))
    assert "jsonschema" in names
