"""Commands whose output holds what the encoding of the output lacks: it is escaped, not a fault."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TEXT = """\
fishspec: 2 # \u9c7c
name: small
tail:
  tail1: {out: 64, blocks: 1}
"""


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
@pytest.mark.parametrize(
    "command",
    [
        ["check"],
        ["show"],
        ["render"],
        ["render", "--graph"],
        ["migrate", "--diff"],
        ["build", "-o", "\u9c7c.py"],
        ["new", "slim", "--width", "0.5", "-o", "\u7ec6.yaml", "--from"],
    ],
    ids=" ".join,
)
def test_output_is_escaped(command: list[str], encoding: str, tmp_path: Path) -> None:
    old = command[0] == "migrate"
    text = TEXT.replace("fishspec: 2", "fishspec: 1") if old else TEXT
    (tmp_path / "\u9c7c.yaml").write_text(text, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "fishcompile", *command, "\u9c7c.yaml"],
        capture_output=True,
        cwd=tmp_path,
        env=os.environ | {"PYTHONIOENCODING": encoding},
        check=False,
    )
    assert b"Traceback" not in done.stderr
    assert done.returncode == (1 if old else 0), done.stderr
    done.stdout.decode(encoding)
