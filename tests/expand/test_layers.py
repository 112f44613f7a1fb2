"""Layers on their own, as nodes of a graph: which ops each becomes, and in what order."""

from __future__ import annotations

from pathlib import Path

import pytest

from fishcompile.pipeline import compiled

SPEC = """\
fishspec: 2
name: net
input: {size: 16}
graph:
  c1: {from: input, kind: conv, out: 8WORDS}
outputs: {y: c1}
"""


@pytest.mark.parametrize(
    ("words", "ops"),
    [
        ("", ["conv", "batch_norm", "relu"]),
        (", norm: none", ["conv", "relu"]),
        (", act: none", ["conv", "batch_norm"]),
        (", norm: none, act: gelu", ["conv", "gelu"]),
        (", norm: none, act: none", ["conv"]),
    ],
)
def test_a_convolution_has_the_norm_and_activation_that_it_says(
    tmp_path: Path, words: str, ops: list[str]
) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(SPEC.replace("WORDS", words), encoding="utf-8")
    graph = compiled(path).inference.graph
    assert [node.op.kind for node in graph.nodes] == ops
    names = [node.name for node in graph.nodes]
    assert (names == ["c1"]) is (len(ops) == 1), "a convolution alone is the node itself"
