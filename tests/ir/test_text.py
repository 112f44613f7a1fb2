"""The graph as text: it comes back whole, and lines that print nothing are refused by number."""

from __future__ import annotations

import dataclasses

import pytest

from fishcompile.ir.graph import Graph
from fishcompile.ir.text import print_graph
from fishcompile.pipeline import compiled
from fishcompile.targets.python_source.emit import emit
from fishcompile.targets.source import emit_source
from tests.graph_text import parse_graph
from tests.nets import SHIPPED, shipped

SMALL = """\
graph small(%image: 3x8x8) -> (out: %stage.sum)
scope stage = Thing(%image) {channels=3, flag=True} -> %stage.sum
  %stage.conv = conv(%image) {in_channels=3 `channels`, out_channels=3 `channels`, kernel_size=1, \
stride=1, padding=0, dilation=1, groups=1, bias=False} : 3x8x8
  %stage.sum = add(%image, %stage.conv) {} : 3x8x8
"""


@pytest.mark.parametrize("name", SHIPPED)
def test_a_printed_graph_comes_back_and_emits_the_same_bytes(name: str) -> None:
    analysis = compiled(shipped(name))
    graph = analysis.inference.graph
    again = parse_graph(print_graph(graph))
    for field in dataclasses.fields(Graph):
        assert getattr(again, field.name) == getattr(graph, field.name), field.name
    assert emit(again, analysis.digest, analysis.total) == emit_source(analysis)


def test_the_text_of_a_hand_written_graph() -> None:
    graph = parse_graph(SMALL)
    assert graph.name == "small"
    assert [value.name for value in graph.inputs] == ["image"]
    assert [scope.params for scope in graph.scopes] == [(("channels", 3), ("flag", True))]
    assert [node.inputs for node in graph.nodes] == [("image",), ("image", "stage.conv")]
    assert str(dict(graph.nodes[0].formulas)["out_channels"]) == "channels"
    assert graph.types["stage.sum"].shape == (3, 8, 8)
    assert graph.outputs == (("out", "stage.sum"),)
    assert graph.state() == {"stage.conv.weight": ((3, 3, 1, 1), True)}
    assert print_graph(graph) == SMALL


@pytest.mark.parametrize(
    ("number", "old", "new"),
    [
        (1, "graph small", "grph small"),
        (1, "3x8x8", "3xx8"),
        (2, "scope stage =", "scope stage ="[:-2]),
        (2, "channels=3, ", "channels=three!, "),
        (2, "(%image)", "(%nothing)"),
        (3, "conv(", "convolve("),
        (3, "in_channels=3", "channels_in=3"),
        (3, "kernel_size=1, ", ""),
        (3, "`channels`", "`channels +`"),
        (3, "`channels`", "`open(channels)`"),
        (3, ": 3x8x8", ": wide"),
        (3, "%stage.conv = conv(%image)", "%stage.conv = conv(%later)"),
        (3, "%stage.conv = ", "%elsewhere.conv = "),
        (3, "bias=False}", "bias=False, ???}"),
        (4, "%stage.sum = add", "?stage.sum = add"),
    ],
)
def test_a_line_that_prints_nothing_is_refused_by_number(number: int, old: str, new: str) -> None:
    lines = SMALL.splitlines()
    assert old in lines[number - 1]
    lines[number - 1] = lines[number - 1].replace(old, new, 1)
    with pytest.raises(ValueError, match=rf"^line {number} is no line of a graph: ") as caught:
        parse_graph("\n".join(lines))
    assert repr(lines[number - 1]) in str(caught.value)


@pytest.mark.parametrize("text", ["", "\n", "hello\n", "class A:\n    pass\n"])
def test_text_of_another_kind_is_refused_at_its_first_line(text: str) -> None:
    with pytest.raises(ValueError, match="line 1"):
        parse_graph(text)
