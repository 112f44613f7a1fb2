"""The pre-commit hook: its entry is run on files as pre-commit would pass them."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import yaml

REPOSITORY = Path(__file__).parents[2]
(HOOK,) = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text())


def run_entry(folder: Path, *files: str) -> subprocess.CompletedProcess[str]:
    command, *arguments = shlex.split(HOOK["entry"])
    assert command == "fishcompile"
    return subprocess.run(
        [sys.executable, "-m", "fishcompile", *arguments, *files],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_hook_is_what_pre_commit_reads() -> None:
    assert HOOK["id"] == "fishcompile-check"
    assert HOOK["language"] == "python"
    assert HOOK["types"] == ["yaml"]
    assert HOOK["pass_filenames"] is True
    assert HOOK["require_serial"] is True


def test_it_matches_specs_and_not_every_yaml_file() -> None:
    matched = [
        path
        for path in (
            "specs/fishnet99.yaml",
            "models/specs/a.yml",
            ".github/workflows/ci.yml",
            "myspecs/a.yaml",
        )
        if re.search(HOOK["files"], path)
    ]
    assert matched == ["specs/fishnet99.yaml", "models/specs/a.yml"]


def test_its_entry_passes_and_fails(tmp_path: Path) -> None:
    clean = (REPOSITORY / "specs/fishnet99.yaml").read_text()
    (tmp_path / "clean.yaml").write_text(clean)
    (tmp_path / "broken.yaml").write_text(clean.replace("tail2:", "tail9:", 1))
    assert run_entry(tmp_path, "clean.yaml").returncode == 0
    done = run_entry(tmp_path, "clean.yaml", "broken.yaml")
    assert done.returncode == 1
    assert "error[FC203]: no stage is named `tail2`" in done.stdout
    assert "--> broken.yaml:" in done.stdout


def test_the_page_shows_the_hook_as_it_is() -> None:
    page = (REPOSITORY / "docs" / "ci.md").read_text()
    assert f"- id: {HOOK['id']}" in page
