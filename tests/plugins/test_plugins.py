"""A plug-in is used as a kind of the language is: checked, costed, emitted, rendered, run."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

import fishcompile
from fishcompile.cli.commands.render import rendered
from fishcompile.diagnostics.finding import Diagnostic
from fishcompile.ir.text import print_graph
from fishcompile.pipeline import analyse, compiled, examine
from fishcompile.schema import plugins
from fishcompile.targets.module import network
from fishcompile.targets.source import emit_source
from tests.graph_text import parse_graph
from tests.nets import SPECS
from tests.plugins.conftest import Install
from tests.plugins.shuffle import CODE, ENTRIES, NET, unit


@pytest.fixture
def spec(install: Install, tmp_path: Path) -> Path:
    install("acme_blocks", CODE, **ENTRIES)
    path = tmp_path / "net.yaml"
    path.write_text(NET, "utf-8")
    return path


def found(path: Path, text: str) -> tuple[Diagnostic, ...]:
    path.write_text(text, "utf-8")
    return examine(path)[0].diagnostics


def test_its_parameters_and_shapes(spec: Path) -> None:
    analysis = compiled(spec)
    expected = 3 * 32 * 9 + 2 * 32  # c1
    expected += unit(32, 64, 4) + unit(64, 64, 4) + unit(64, 128, 2) + unit(128, 128, 4)
    assert analysis.total.parameters == expected
    assert analysis.inference.stages["s2"].output.shape == (128, 16, 16)


def step(unit: Any, x: Tensor, groups: int) -> Tensor:
    """A ShuffleUnit in torch's own words."""

    def conv(part: Any, x: Tensor, groups: int, padding: int = 0) -> Tensor:
        bn = part.bn
        x = F.relu(F.batch_norm(x, bn.running_mean, bn.running_var, bn.weight, bn.bias))
        return F.conv2d(x, part.conv.weight, None, 1, padding, 1, groups)

    x = conv(unit.squeeze, x, groups)
    n, c, h, w = x.shape
    x = x.view(n, groups, c // groups, h, w).transpose(1, 2).reshape(n, c, h, w)
    x = conv(unit.depthwise, x, c, 1)
    return conv(unit.expand, x, groups)


def test_its_network_computes_what_it_says(spec: Path) -> None:
    model: Any = network(compiled(spec)).eval()
    x = torch.randn(2, 3, 32, 32)
    with torch.inference_mode():
        y = step(model.s1[1], step(model.s1[0], model.c1(x), 4), 4)
        y = y.view(2, 4, 16, 16, 16).transpose(1, 2).reshape(2, 64, 16, 16)
        y = step(model.s2.b, step(model.s2.a, y, 2), 4)
        assert torch.allclose(model(x), y, atol=1e-5)


def test_the_emitted_file_needs_torch_alone(spec: Path, tmp_path: Path) -> None:
    file = tmp_path / "net.py"
    file.write_text(fishcompile.emit(spec), "utf-8")
    assert "acme" not in file.read_text("utf-8")
    command = [sys.executable, "-I", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("torch.Size([2, 128, 16, 16])")


def test_what_is_rendered_and_printed_is_the_same_network(spec: Path, tmp_path: Path) -> None:
    analysis = compiled(spec)
    graph = analysis.inference.graph
    assert parse_graph(print_graph(graph)) == graph
    for form in (False, True):
        path = tmp_path / "rendered.yaml"
        path.write_text("\n".join([*rendered(analysis, graph=form), ""]), "utf-8")
        assert emit_source(analyse(path)) == emit_source(analysis)


def test_a_model_with_its_op_is_pickled(spec: Path) -> None:
    model = fishcompile.compile(spec).eval()
    x = torch.randn(1, 3, 32, 32)
    again = pickle.loads(pickle.dumps(model))
    with torch.inference_mode():
        assert torch.equal(again(x), model(x))


def test_the_command_finds_it(spec: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "fishcompile", "check", str(spec)]
    surroundings = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    done = subprocess.run(command, capture_output=True, text=True, env=surroundings)
    assert (done.returncode, done.stdout) == (0, "1 spec checked, no errors\n")
    del surroundings["PYTHONPATH"]
    done = subprocess.run(command, capture_output=True, text=True, env=surroundings)
    assert done.returncode == 1
    assert "error[FC207]: no installed package brings the plug-in `acme.shuffle`" in done.stdout


def test_its_keys_are_checked_by_its_schema(spec: Path) -> None:
    (misspelt,) = found(
        spec, NET.replace("{kind: acme.interleave}", "{kind: acme.interleave, goups: 2}")
    )
    assert (misspelt.rule, str(misspelt.span)[-5:]) == ("FC110", "13:32")
    assert misspelt.message == "unknown key `goups` in node `mix`"
    assert misspelt.help == ("did you mean `groups`?",)
    (large,) = found(
        spec, NET.replace("{kind: acme.interleave}", "{kind: acme.interleave, groups: 65}")
    )
    assert (large.rule, large.span.line) == ("FC112", 13)
    assert "from 1 to 64" in f"{large.message} {large.help}"
    (missing,) = found(spec, NET.replace("out: 64, repeat", "repeat"))
    assert (missing.rule, missing.message) == ("FC111", "missing key `out` in node `s1`")


def test_a_formula_leaves_the_bounds_of_its_schema(spec: Path) -> None:
    (wrong,) = found(spec, NET.replace("groups: g * 2", "groups: g * 64"))
    assert (wrong.rule, wrong.span.line, wrong.span.column) == ("FC302", 6, 36)
    assert "and it must be from 1 to 64" in wrong.message


def test_a_number_that_does_not_fit_is_found_where_it_is_written(spec: Path) -> None:
    (wrong,) = found(spec, NET.replace("out: 64, repeat: 2", "out: 64, groups: 5"))
    assert (wrong.rule, wrong.span.line, wrong.span.column) == ("FC302", 12, 45)


def test_an_operation_is_not_repeated(spec: Path) -> None:
    (wrong,) = found(
        spec, NET.replace("{kind: acme.interleave}", "{kind: acme.interleave, repeat: 2}")
    )
    assert (wrong.rule, wrong.span.line, wrong.span.column) == ("FC206", 13, 40)
    assert wrong.message == "mix: `acme.interleave` is one operation, which cannot be repeated"


def test_a_name_that_is_not_installed_is_asked_about(spec: Path) -> None:
    (wrong,) = found(spec, NET.replace("acme.interleave", "acme.interleaves"))
    assert (wrong.rule, wrong.span.line, wrong.span.column) == ("FC207", 13, 15)
    assert wrong.message == "no installed package brings the plug-in `acme.interleaves`"
    assert wrong.help[0] == "did you mean `acme.interleave`?"


def test_many_nodes_of_no_kind_are_one_search(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    searches: list[str] = []

    def counted(*, group: str) -> list[Any]:
        searches.append(group)
        return []

    monkeypatch.setattr("importlib.metadata.entry_points", counted)
    nodes = "".join(f"  n{number}: {{kind: k{number}}}\n" for number in range(50))
    assert len(found(spec, f"fishspec: 2\nname: net\ngraph:\n{nodes}")) == 50
    assert len(searches) <= 1


def test_no_plug_in_is_looked_for_where_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> NoReturn:
        raise AssertionError("a search for plug-ins")

    monkeypatch.setattr(plugins, "_entries", refused)
    assert compiled(SPECS / "stacked_hourglass.yaml").report.ok
