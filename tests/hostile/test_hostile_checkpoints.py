"""Every hostile checkpoint is read bit for bit or refused in a sentence, within bounds."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hostile.checkpoints import READABLE, REFUSED

ALL = READABLE | REFUSED

pytestmark = pytest.mark.slow  # a child for each


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What came of each file, read in a child of its own with 300 MB beside the file's size."""
    if not Path("/proc/self/statm").exists():
        pytest.skip("memory is bounded by Linux's limits")
    folder = tmp_path_factory.mktemp("checkpoints")
    paths = []
    for number, make in enumerate(ALL.values()):
        paths.append(folder / f"{number}.pt")
        make(paths[-1])
    command = [sys.executable, "-m", "tests.hostile.read_checkpoints", *map(str, paths)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    lines = [str(ast.literal_eval(line)) for line in done.stdout.splitlines()]
    return dict(zip(ALL, lines, strict=True))


@pytest.mark.parametrize("name", READABLE)
def test_what_is_whole_is_read(outcomes: dict[str, str], name: str) -> None:
    assert outcomes[name] == "read"


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_hostile_is_refused(outcomes: dict[str, str], name: str) -> None:
    outcome, _, sentence = outcomes[name].partition(" ")
    assert outcome == "refused", sentence
    assert ".pt" in sentence
    assert len(sentence) < 600
    assert sentence.isprintable()
