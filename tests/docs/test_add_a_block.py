"""The code of docs/add-a-block.md does what the page says, put where the page says."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from fishcompile import passes, targets
from fishcompile.cli.commands import build
from fishcompile.ir.text import print_graph
from fishcompile.pipeline import after_passes, compiled
from fishcompile.targets.source import emit_source
from tests.nets import ROOT, shipped

PAGE = ROOT / "docs" / "add-a-block.md"
FILES = dict(
    re.findall(r"<!-- tour: file (\S+\.py) -->\n```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
)

# The page's files as if they lay in the folders of the package.
CONFTEST = """
import fishcompile.blocks
import fishcompile.ops
import fishcompile.rules

fishcompile.blocks.__path__.append("fishcompile/blocks")
fishcompile.ops.__path__.append("fishcompile/ops")
fishcompile.rules.__path__.append("fishcompile/rules")
"""
TEST_RULE = """
from fishcompile import rules
from fishcompile.pipeline import check_texts
from fishcompile.rules.example import MAIN, split


def test_the_rule() -> None:
    rule = rules.registry()["FC590"]
    files, expected = split(rule.bad)
    found = check_texts(files, MAIN).diagnostics
    assert len(found) == len(expected) == 1
    assert (found[0].rule, found[0].span.line) == ("FC590", expected[0].line)
    assert "a map of 9x9" in f"{found[0].message} {found[0].label}"
    files, expected = split(rule.good)
    assert not check_texts(files, MAIN).diagnostics
"""
TEST_OP = f"""
import json
import runpy

import torch
import torch.nn.functional as F

import fishcompile
from fishcompile.schema import file, kinds

ROOT = {str(ROOT)!r}
SPEC = '''\
fishspec: 2
name: net
graph:
  c1: {{kind: conv, from: input, out: 8, norm: none, act: none}}
  act: {{kind: hardswish}}
outputs: {{y: act}}
'''


def test_the_op(tmp_path, monkeypatch) -> None:
    generate = runpy.run_path(ROOT + "/docs/generate_schema.py")
    made = json.loads(generate["schema"](generate["SCHEMA"].read_text("utf-8")))
    monkeypatch.setattr(file, "schema_file", lambda *_: made)
    for function in (file.merged_schema, file.resolved, kinds.built_in):
        function.cache_clear()
    spec = tmp_path / "net.yaml"
    spec.write_text(SPEC, "utf-8")
    assert fishcompile.check(spec).diagnostics == ()
    model = fishcompile.compile(spec)
    x = torch.randn(1, 3, 8, 8)
    assert torch.equal(model(x), F.hardswish(model.c1(x)))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the page's files in their places, and tests of them."""
    root = tmp_path_factory.mktemp("page")
    ours = {"conftest.py": CONFTEST, "tests/test_op.py": TEST_OP, "tests/test_rule.py": TEST_RULE}
    for name, text in {**FILES, **ours}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


@pytest.mark.slow
def test_the_block_the_op_and_the_rule(folder: Path) -> None:
    """In a process of its own: a class, once defined, stays in the registries."""
    words = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--import-mode=importlib", "tests"]
    done = subprocess.run(
        [sys.executable, *words], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout


def test_the_command(folder: Path) -> None:
    found = importlib.util.spec_from_file_location("taps", folder / "fishcompile/cli/taps.py")
    assert found is not None
    assert found.loader is not None
    module: Any = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    app = typer.Typer()
    module.register(app)
    result = CliRunner().invoke(app, [str(shipped("fishnet99"))])
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "c2 320x56x56 4",
        "c3 832x28x28 8",
        "c4 1600x14x14 16",
        "c5 2112x7x7 32",
        "logits 1000 32",
    ]


def test_the_pass(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passes, "__path__", [*passes.__path__, str(folder / "fishcompile/passes")])
    assert set(passes.found()) == {*passes.ORDER, "drop_dropout"}
    plain = compiled(shipped("vgg16"))
    after = after_passes(plain, ["drop_dropout"])
    both = [node.name for node in plain.inference.graph.nodes if node.op.kind == "dropout"]
    assert both == ["drop6", "drop7"]
    assert print_graph(after.inference.graph) == "".join(
        line.replace("%drop", "%relu")
        for line in print_graph(plain.inference.graph).splitlines(keepends=True)
        if not line.startswith("%drop")
    )
    assert "F.dropout" in emit_source(plain)
    assert "F.dropout" not in emit_source(after)


def test_the_target(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = str(folder / "fishcompile/targets")
    monkeypatch.setattr(targets, "__path__", [*targets.__path__, page])
    monkeypatch.chdir(tmp_path)
    app = typer.Typer()
    build.register(app)
    result = CliRunner().invoke(app, [str(shipped("unet")), "--emit", "dot"])
    read = sum(len(node.inputs) for node in compiled(shipped("unet")).inference.graph.nodes)
    assert (result.exit_code, result.stdout) == (0, f"wrote unet.dot ({read + 2} lines)\n")
    first, *arrows, last = Path("unet.dot").read_text(encoding="utf-8").splitlines()
    assert (first, len(arrows), last) == ("digraph {", read, "}")
    assert arrows[0].startswith('  "input" -> "')
