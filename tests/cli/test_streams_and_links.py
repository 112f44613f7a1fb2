"""Streams that the caller closed, and links that lead to themselves."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.nets import write_minnow

BROKEN = "fishspec: 2\nname: broken\ntail: 1\n"
MAIN = "from fishcompile.cli.entry import main; main()"


def with_closed(closed: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A command as a process of its own, some of whose streams a shell closes, as `2>&-` does."""
    script = f'exec "$@" {closed}'
    command = ["sh", "-c", script, "sh", sys.executable, "-c", MAIN, *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_a_closed_stream_changes_no_exit_code(here: Path, closed: str) -> None:
    write_minnow(here)
    (here / "broken.yaml").write_text(BROKEN)
    for name, code in (("minnow.yaml", 0), ("broken.yaml", 1), ("none.yaml", 2)):
        done = with_closed(closed, "check", name, cwd=here)
        assert done.returncode == code, name
        assert "Traceback" not in done.stdout + done.stderr
    assert with_closed(closed, "--version", cwd=here).returncode == 0


def test_what_is_written_is_written_with_every_stream_closed(here: Path) -> None:
    """The first file that is opened would be given the number of a closed stream."""
    write_minnow(here)
    assert (
        with_closed("<&- >&- 2>&-", "build", "minnow.yaml", "-o", "a.py", cwd=here).returncode == 0
    )
    assert with_closed("", "build", "minnow.yaml", "-o", "b.py", cwd=here).returncode == 0
    assert (here / "a.py").read_bytes() == (here / "b.py").read_bytes()


@pytest.fixture
def circle(here: Path) -> Path:
    """A link to a link to the first."""
    (here / "one.yaml").symlink_to("two.yaml")
    (here / "two.yaml").symlink_to("one.yaml")
    return here


def test_a_spec_that_is_a_circle_of_links_cannot_be_read(circle: Path, run: Run) -> None:
    done = run("check", "one.yaml")
    assert done.code == 2
    assert "error[FC100]: the file cannot be read: Too many levels of symbolic links" in done.out


@pytest.mark.parametrize("words", ["extends: one.yaml", "use: [one.yaml]"])
def test_a_circle_of_links_that_a_spec_names_is_found_there(
    circle: Path, run: Run, words: str
) -> None:
    (circle / "mine.yaml").write_text(f"fishspec: 2\nname: mine\n{words}\n")
    done = run("check", "mine.yaml")
    assert done.code == 1
    assert "mine.yaml:3:" in done.out
    assert "Too many levels of symbolic links" in done.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("build", "minnow.yaml", "-o", "one.yaml"),
        ("build", "minnow.yaml", "-o", "one.yaml/out.py"),
        ("check", "minnow.yaml", "--baseline", "one.yaml"),
        ("show", "one.yaml"),
        ("render", "one.yaml"),
        ("new", "mine", "--from", "one.yaml"),
        ("weights", "convert", "one.yaml", "--spec", "minnow.yaml", "-o", "out.safetensors"),
        ("import", "one.yaml", "-o", "out.yaml"),
    ],
)
def test_no_command_follows_a_circle_of_links(
    circle: Path, run: Run, arguments: tuple[str, ...]
) -> None:
    write_minnow(circle)
    before = sorted(circle.iterdir())
    done = run(*arguments)
    assert done.code == 2
    assert "has a bug" not in done.err
    assert "one.yaml" in done.out + done.err
    assert sorted(circle.iterdir()) == before
