"""README and docs say what is: their outputs, their links, and the commands that they name."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from fishcompile.cli.app import build_app
from tests.nets import ROOT

PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("examples/**/*.md")]
IDS = [str(page.relative_to(ROOT)) for page in PAGES]

FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def tour() -> Any:
    found = importlib.util.spec_from_file_location("tour", ROOT / "docs" / "tour.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules["tour"] = module  # its dataclass looks itself up
    found.loader.exec_module(module)
    return module


def test_outputs_that_need_no_torch_are_current() -> None:
    assert tour().main(["--check", "--quick"]) is None


@pytest.mark.slow
def test_every_output_is_current() -> None:
    assert tour().main(["--check"]) is None


def test_the_tour_renews_what_is_stale() -> None:
    page = "```console\n$ fishcompile --version\nfishcompile 0\n```\n"
    new = tour().renewed(page)
    assert new != page
    assert re.fullmatch(r"```console\n\$ fishcompile --version\nfishcompile \d.*\n```\n", new)
    assert tour().renewed(new) == new


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = HEADING.findall(FENCE.sub("", page.read_text("utf-8")))
    plain = (re.sub(r"[^\w\- ]", "", CODE.sub(r"\1", heading)).lower() for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_relative_links_lead_somewhere(page: Path) -> None:
    prose = CODE.sub("", FENCE.sub("", page.read_text("utf-8")))
    broken = []
    for target in LINK.findall(prose):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(target)
    assert broken == []


def words_named(text: str) -> Iterator[list[str]]:
    """The words of each command line that a page names, in prose or after a prompt."""
    lines = [line for fence in FENCE.findall(text) for line in fence.splitlines()]
    prompts = [line[2:] for line in lines if line.startswith("$ ")]
    for code in [*CODE.findall(FENCE.sub("", text)), *prompts]:
        words = code.split()
        if words[:1] == ["fishcompile"] and words[1:]:
            yield words[1:]


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_commands_and_options_exist(page: Path) -> None:
    for words in words_named(page.read_text("utf-8")):
        command: Any = typer.main.get_command(build_app())
        context = typer.Context(command)
        while hasattr(command, "commands") and words[:1] and not words[0].startswith("-"):
            assert words[0] in command.commands, words
            command, *words = command.commands[words[0]], *words[1:]
            context = typer.Context(command)
        known = {name for p in command.get_params(context) for name in (*p.opts, *p.secondary_opts)}
        options = {word.partition("=")[0] for word in words if re.match(r"-{1,2}[a-z]", word)}
        assert options <= known | {"--help", "-h"}, words


def test_the_example_trains() -> None:
    script = ROOT / "examples" / "finetune.py"
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    losses = [float(line.split()[-1]) for line in done.stdout.splitlines()[1:]]
    assert len(losses) == 5
    assert losses[-1] < losses[0]


def test_the_example_variant_holds() -> None:
    from fishcompile.pipeline import analyse

    analysis = analyse(ROOT / "examples" / "variant.yaml")
    assert analysis.report.ok
    assert analysis.inference.stages["body2"].trunk.shape == (448, 32, 32)
