"""action.yml and the example workflow: their scripts are run by bash as GitHub would run them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.lsp.specs import BASE

REPOSITORY = Path(__file__).parents[2]
ACTION = yaml.safe_load((REPOSITORY / "action.yml").read_text())
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
TIMEOUT = 120

CLEAN = BASE
BROKEN = CLEAN.replace("k: 2", "kk: 2")


@dataclass(frozen=True)
class Run:
    """What a run of the action gave."""

    codes: dict[str, int]
    log: str
    outputs: dict[str, str]
    pip: list[str]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    (folder / "specs").mkdir(parents=True)
    (folder / "pyproject.toml").touch()
    (folder / "specs" / "net.yaml").write_text(CLEAN)
    return folder


def evaluated(text: str, known: dict[str, str]) -> str:
    """A value with its expressions replaced, each a plain name of a context."""
    return re.sub(r"\$\{\{ (.+?) \}\}", lambda found: known.get(found[1], ""), text)


def run_action(checkout: Path, event: dict[str, str] | None = None, /, **inputs: str) -> Run:
    """Runs the action's scripts in order, with a pip and a gh that note what they are asked."""
    temp = checkout.parent
    tools = temp / "tools"
    tools.mkdir()
    (tools / "fishcompile").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m fishcompile "$@"\n')
    (tools / "python").write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{temp}/pip"\n')
    (tools / "gh").write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{temp}/gh"\n')
    for tool in tools.iterdir():
        tool.chmod(0o755)
    given = {name: value.get("default", "") for name, value in ACTION["inputs"].items()}
    values = {f"inputs.{name}": text for name, text in {**given, **inputs}.items()}
    values |= event or {}
    values |= {"runner.temp": str(temp), "github.action_path": str(REPOSITORY)}
    codes: dict[str, int] = {}
    outputs: dict[str, str] = {}
    log = ""
    for step in STEPS:
        if "run" not in step:
            continue
        known = values | {f"steps.check.outputs.{name}": text for name, text in outputs.items()}
        environment = {name: evaluated(text, known) for name, text in step.get("env", {}).items()}
        output = temp / "output"
        output.write_text("")
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=checkout,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            env={
                **os.environ,
                "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
                "GITHUB_OUTPUT": str(output),
                **environment,
            },
        )
        codes[step["name"]] = done.returncode
        log += done.stdout + done.stderr
        outputs |= dict(line.split("=", 1) for line in output.read_text().splitlines())
    return Run(codes, log, outputs, (temp / "pip").read_text().splitlines())


def results(run: Run) -> list[dict[str, Any]]:
    """What would be uploaded."""
    sarif = json.loads(Path(run.outputs["sarif"]).read_text())
    assert sarif["version"] == "2.1.0"
    found: list[dict[str, Any]] = sarif["runs"][0]["results"]
    return found


def test_a_clean_spec_passes(checkout: Path) -> None:
    run = run_action(checkout, paths="specs")
    assert run.codes == {"Install fishcompile": 0, "Check": 0, "Differences": 0, "Result": 0}
    assert run.outputs["exit-code"] == "0"
    assert results(run) == []


def test_a_broken_spec_is_reported_and_fails_the_last_step_alone(checkout: Path) -> None:
    (checkout / "specs" / "net.yaml").write_text(BROKEN)
    run = run_action(checkout, paths="specs")
    assert run.codes == {"Install fishcompile": 0, "Check": 0, "Differences": 0, "Result": 1}
    assert "error[FC110]: unknown key `kk` in stage `body1`" in run.log
    (found,) = results(run)
    place = found["locations"][0]["physicalLocation"]
    line = next(n for n, text in enumerate(BROKEN.splitlines(), 1) if "kk" in text)
    assert found["ruleId"] == "FC110"
    assert place["region"]["startLine"] == line


def test_what_a_pull_request_changes_is_commented_on(checkout: Path) -> None:
    """One comment, renewed: of the spec that changed, no other, and of no text."""

    def git(*words: str) -> str:
        names = ["-c", "user.name=n", "-c", "user.email=e@example.com"]
        done = subprocess.run(
            ["git", *names, *words], cwd=checkout, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    (checkout / "specs" / "other.yaml").write_text(CLEAN.replace("name: ", "name: other_"))
    (checkout / "specs" / "notes.txt").write_text("a")
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "base")
    base = git("rev-parse", "HEAD")
    assert "k: 2" in CLEAN
    (checkout / "specs" / "net.yaml").write_text(CLEAN.replace("k: 2", "k: 1"))
    (checkout / "specs" / "notes.txt").write_text("b")
    known = {"github.event.pull_request.base.sha": base, "github.event.pull_request.number": "7"}
    run = run_action(checkout, known, paths="specs", diff="true")
    assert run.codes["Differences"] == 0
    words = (checkout.parent / "gh").read_text().splitlines()
    assert words[:3] == ["pr", "comment", "7"]
    assert "--edit-last" in words
    comment = Path(words[words.index("--body-file") + 1]).read_text()
    assert comment.count("### ") == 1
    assert "| parameters |" in comment


def test_a_path_that_is_not_there_fails_with_2(checkout: Path) -> None:
    run = run_action(checkout, paths="specs nowhere.yaml")
    assert run.codes["Result"] == 2
    assert "nowhere.yaml" in run.log


def test_a_wrong_option_fails_though_nothing_can_be_uploaded(checkout: Path) -> None:
    run = run_action(checkout, args="--colour never")
    assert run.codes["Result"] == 2
    assert "sarif" not in run.outputs


def test_several_paths_lines_and_patterns(checkout: Path) -> None:
    (checkout / "specs" / "bad.yaml").write_text(BROKEN)
    run = run_action(checkout, paths="specs/n*.yaml\nspecs/b*.yaml\n")
    assert run.codes["Result"] == 1
    assert [r["ruleId"] for r in results(run)] == ["FC110"]


@pytest.mark.parametrize(
    "hostile", ["$(touch pwned)", "`touch pwned`", "x; touch pwned", '"; touch pwned; "', "-h\n|id"]
)
@pytest.mark.parametrize("name", ["paths", "args", "version"])
def test_what_an_input_holds_is_never_run(checkout: Path, name: str, hostile: str) -> None:
    run = run_action(checkout, **{name: hostile})
    assert not list(checkout.rglob("*pwned*"))
    assert "uid=" not in run.log
    if name == "version":
        assert "\n".join(run.pip).endswith(f"fishcompile=={hostile}")
    elif hostile != "-h\n|id" or name == "paths":
        assert run.codes["Result"] == 2


def test_pip_installs_the_release_or_the_action_itself(checkout: Path, tmp_path: Path) -> None:
    pip = ["-m", "pip", "install", "--disable-pip-version-check"]
    assert run_action(checkout).pip == [*pip, str(REPOSITORY)]
    other = tmp_path / "second" / "checkout"
    other.mkdir(parents=True)
    assert run_action(other, version="0.1.0").pip == [*pip, "fishcompile==0.1.0"]


def test_no_expression_stands_in_a_script() -> None:
    for step in STEPS:
        assert "${{" not in step.get("run", "")
        assert "run" not in step or step["shell"] == "bash"


def test_the_upload_gets_the_file_that_check_wrote() -> None:
    (upload,) = [step for step in STEPS if "upload-sarif" in step.get("uses", "")]
    assert upload["with"]["sarif_file"] == "${{ steps.check.outputs.sarif }}"
    assert "steps.check.outputs.sarif != ''" in upload["if"]
    assert STEPS.index(upload) < [step.get("name") for step in STEPS].index("Result")


def test_the_example_workflow_fits_the_action() -> None:
    text = (REPOSITORY / "examples/workflows/fishcompile.yml").read_text()
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {"contents": "read", "security-events": "write"}
    (job,) = workflow["jobs"].values()
    steps = job["steps"]
    assert set(steps[-1]["with"]) <= set(ACTION["inputs"])
    uses = [step["uses"] for step in [*steps, *STEPS] if "uses" in step]
    assert all(re.fullmatch(r"[\w-]+/[\w/-]+@(v[\d.]+|[0-9a-f]{40})", use) for use in uses), uses
