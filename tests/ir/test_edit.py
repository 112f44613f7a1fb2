"""The edits that passes are made of, on a graph small enough to say what each has to leave."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fishcompile.ir.edit import around, named, readers, replace_nodes, replace_uses, with_fields
from fishcompile.ir.graph import Graph, Node
from fishcompile.ir.text import print_graph
from fishcompile.ir.verify import verify
from fishcompile.ops.relu import Relu
from tests.graph_text import parse_graph

BEFORE = """\
graph net(%input: 4x4x4) -> (out: %b.norm) taps (low: %a, high: %b.norm)
block Unit(x) {channels: int} Unit.
block Other(x) {} Other.
%a = relu(%input) {} : 4x4x4
scope b = Unit(%a, %input) {channels=4} -> %b.norm
  %b.up = upsample(%a, %input) {mode=nearest, factor=1} : 4x4x4
  %b.sum = add(%b.up, %b.up) {} : 4x4x4
  scope b.in = Other(%b.sum) {} -> %b.in.act
    %b.in.act = relu(%b.sum) {} : 4x4x4
  %b.norm = batch_norm(%b.in.act) {channels=4 `channels`} : 4x4x4
"""

# b.norm gave way to b.in.act, and b.up to a
REPLACED = """\
graph net(%input: 4x4x4) -> (out: %b.in.act) taps (low: %a, high: %b.in.act)
block Unit(x) {channels: int} Unit.
block Other(x) {} Other.
%a = relu(%input) {} : 4x4x4
scope b = Unit(%a, %input) {channels=4} -> %b.in.act
  %b.up = upsample(%a, %input) {mode=nearest, factor=1} : 4x4x4
  %b.sum = add(%a, %a) {} : 4x4x4
  scope b.in = Other(%b.sum) {} -> %b.in.act
    %b.in.act = relu(%b.sum) {} : 4x4x4
  %b.norm = batch_norm(%b.in.act) {channels=4 `channels`} : 4x4x4
"""


@pytest.fixture
def graph() -> Graph:
    made = parse_graph(BEFORE)
    verify(made)
    return made


def test_readers_are_those_of_values(graph: Graph) -> None:
    assert readers(graph) == {
        "input": ("a",),  # b.up asks only for its size
        "a": ("b.up",),
        "b.up": ("b.sum", "b.sum"),
        "b.sum": ("b.in.act",),
        "b.in.act": ("b.norm",),
        "b.norm": (),
    }
    assert named(graph) == {"a", "b.norm"}


def test_uses_are_replaced_wherever_they_are(graph: Graph) -> None:
    after = replace_uses(graph, {"b.norm": "b.in.act", "b.up": "a"})
    assert print_graph(after) == REPLACED
    assert print_graph(graph) == BEFORE
    verify(after)


def test_what_scopes_take_is_replaced_too(graph: Graph) -> None:
    after = replace_uses(graph, {"a": "input"})
    assert after.scopes[0].inputs == ("input", "input")
    assert after.taps == (("low", "input"), ("high", "b.norm"))


def test_a_chain_of_replacements_goes_to_its_end(graph: Graph) -> None:
    new = {"b.norm": "b.in.act", "b.in.act": "b.sum"}
    assert replace_uses(graph, new).outputs == (("out", "b.sum"),)
    with pytest.raises(AssertionError, match="gives way to itself"):
        replace_uses(graph, {"a": "b.up", "b.up": "a"})


def test_a_dropped_node_takes_its_empty_scope_and_kind_along(graph: Graph) -> None:
    after = replace_uses(replace_nodes(graph, {"b.in.act": ()}), {"b.in.act": "b.sum"})
    lines = BEFORE.splitlines(keepends=True)
    expected = "".join(line for line in lines if "b.in" not in line.partition("=")[0])
    expected = expected.replace("block Other(x) {} Other.\n", "")
    assert print_graph(after) == expected.replace("(%b.in.act)", "(%b.sum)")
    verify(after)


def test_nodes_come_in_beside_others(graph: Graph) -> None:
    a = graph.nodes[0]
    behind = Node("a2", Relu(), ("a",), a.type)
    after = replace_uses(replace_nodes(graph, {"a": (a, behind)}), {})
    assert [node.name for node in after.nodes[:3]] == ["a", "a2", "b.up"]
    assert after.scopes == graph.scopes
    assert after.kinds == graph.kinds
    verify(after)


def test_a_number_that_is_set_has_no_formula(graph: Graph) -> None:
    norm = graph.nodes[-1]
    assert dict(norm.formulas)
    set_ = with_fields(norm, channels=5)
    assert (set_.op, set_.formulas) == (replace(norm.op, channels=5), ())  # type: ignore[call-arg]
    assert with_fields(graph.nodes[1], factor=1) == graph.nodes[1]


def test_the_scopes_around_a_path(graph: Graph) -> None:
    scopes = {scope.name: scope for scope in graph.scopes}
    assert [scope.name for scope in around(scopes, "b.in.act")] == ["b.in", "b"]
    assert around(scopes, "a") == ()
