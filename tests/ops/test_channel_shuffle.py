"""The kind `channel_shuffle`: what a spec with it computes, passes on, and is refused for."""

from __future__ import annotations

from pathlib import Path

import torch

import fishcompile
from fishcompile.analysis.gradient import dead_ends
from fishcompile.cli.commands.render import rendered
from fishcompile.pipeline import analyse, compiled
from fishcompile.targets.source import emit_source

SPEC = """\
fishspec: 2
name: shuffled
input: {size: 16}
blocks:
  unit:
    parameters: {out: required, g: 2}
    graph:
      a: {kind: conv, out: out, kernel: 1, groups: g, norm: none, act: none}
      b: {kind: channel_shuffle, groups: g * 2}
graph:
  c1: {kind: conv, from: input, out: 12, norm: none, act: none}
  s1: {kind: channel_shuffle, groups: 3}
  u1: {kind: unit, out: 24}
outputs: {y: u1}
"""


def written(folder: Path, text: str = SPEC) -> Path:
    path = folder / "net.yaml"
    path.write_text(text, "utf-8")
    return path


def shuffled(x: torch.Tensor, groups: int) -> torch.Tensor:
    """As the authors write it: view, transpose, flatten."""
    n, c, h, w = x.shape
    return x.view(n, groups, c // groups, h, w).transpose(1, 2).reshape(n, c, h, w)


def test_what_it_computes(tmp_path: Path) -> None:
    model = fishcompile.compile(written(tmp_path)).eval()
    x = torch.randn(2, 3, 16, 16)
    with torch.inference_mode():
        y = shuffled(model.get_submodule("c1")(x), 3)
        y = shuffled(model.get_submodule("u1.a")(y), 4)
        assert torch.equal(model(x), y)


def test_a_gradient_comes_back_through_it(tmp_path: Path) -> None:
    graph = compiled(written(tmp_path)).inference.graph
    assert dead_ends(graph, {"c1": "c1"}, ["s1"]) == {}


def test_it_is_rendered(tmp_path: Path) -> None:
    analysis = compiled(written(tmp_path))
    path = tmp_path / "rendered.yaml"
    path.write_text("\n".join([*rendered(analysis, graph=True), ""]), "utf-8")
    assert emit_source(analyse(path)) == emit_source(analysis)


def test_groups_that_do_not_divide_are_found_where_they_are_written(tmp_path: Path) -> None:
    path = written(tmp_path, SPEC.replace("groups: 3}", "groups: 5}"))
    (finding,) = fishcompile.check(path).diagnostics
    assert (finding.rule, finding.span.line, finding.span.column) == ("FC302", 12, 39)
    assert "5 groups do not divide 12 channels" in finding.message


def test_its_key_is_known(tmp_path: Path) -> None:
    path = written(tmp_path, SPEC.replace("groups: 3}", "group: 3}"))
    assert [found.rule for found in fishcompile.check(path).diagnostics] == ["FC110"]
