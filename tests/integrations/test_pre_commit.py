"""The pre-commit hooks: their entries are run on files as pre-commit would pass them."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import yaml

REPOSITORY = Path(__file__).parents[2]
HOOK, MIGRATE, BUILD = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text())


def run_entry(
    folder: Path, *files: str, entry: str = HOOK["entry"]
) -> subprocess.CompletedProcess[str]:
    command, *arguments = shlex.split(entry)
    assert command == "fishcompile"
    return subprocess.run(
        [sys.executable, "-m", "fishcompile", *arguments, *files],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_hooks_are_what_pre_commit_reads() -> None:
    assert (HOOK["id"], MIGRATE["id"]) == ("fishcompile-check", "fishcompile-migrate")
    for hook in (HOOK, MIGRATE):
        assert hook["language"] == "python"
        assert hook["types"] == ["yaml"]
        assert hook["pass_filenames"] is True
        assert hook["require_serial"] is True


def test_they_match_specs_and_not_every_yaml_file() -> None:
    assert MIGRATE["files"] == HOOK["files"]
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


def test_the_hook_that_migrates_rewrites_the_files_that_are_old(tmp_path: Path) -> None:
    text = (REPOSITORY / "specs/fishnet99.yaml").read_text()
    (tmp_path / "new.yaml").write_text(text)
    (tmp_path / "old.yaml").write_text(text.replace("fishspec: 2", "fishspec: 1", 1))
    done = run_entry(tmp_path, "new.yaml", "old.yaml", entry=MIGRATE["entry"])
    assert done.returncode == 0
    assert (tmp_path / "old.yaml").read_text() == (tmp_path / "new.yaml").read_text() == text


def test_the_page_shows_the_hooks_as_they_are() -> None:
    page = (REPOSITORY / "docs" / "ci.md").read_text()
    assert f"- id: {HOOK['id']}" in page
    assert f"`{MIGRATE['id']}`" in page


def test_a_generated_file_that_is_stale_fails(tmp_path: Path) -> None:
    assert (BUILD["id"], BUILD["pass_filenames"]) == ("fishcompile-build", False)
    folder = tmp_path / "specs"
    folder.mkdir()
    (tmp_path / "models").mkdir()
    spec = folder / "net.yaml"
    spec.write_text("fishspec: 2\nname: net\ntail:\n  t1: {out: 8, blocks: 1}\n", "utf-8")
    entry, arguments = BUILD["entry"], BUILD["args"]
    assert run_entry(tmp_path, *arguments, entry=entry).returncode == 1
    assert run_entry(tmp_path, *arguments, entry="fishcompile build").returncode == 0
    assert run_entry(tmp_path, *arguments, entry=entry).returncode == 0
    spec.write_text(spec.read_text("utf-8").replace("out: 8", "out: 16"), "utf-8")
    stale = run_entry(tmp_path, *arguments, entry=entry)
    assert stale.returncode == 1
    assert "models/net.py is stale: specs/net.yaml changed" in stale.stderr
