"""Convolution-free paths through the minnow's graph: which values have none, and what is met."""

from __future__ import annotations

from pathlib import Path

from fishcompile.analysis.gradient import DeadEnd, dead_ends
from tests.nets import minnow


def test_dead_ends_of_a_graph(tmp_path: Path) -> None:
    """The minnow's bridge takes tail2 through a convolution, and gives to body2 freely."""
    bridge = "{out: 32, blocks: 2, gate: none}"
    graph = minnow(tmp_path, {"taps": "{fine: body1}", "bridge": bridge}).inference.graph
    output = {scope.name: scope.output for scope in graph.scopes}
    names = ["stem", "tail1", "tail2", "bridge", "body2", "body1"]
    starts = {name: output[name] for name in names}
    ends = [output["body1"]]
    assert dead_ends(graph, starts, ends) == {"tail2": DeadEnd(("bridge.squeeze.conv",), ())}
    assert dead_ends(graph, starts, ends, ["bridge.squeeze.conv"]) == {
        "tail2": DeadEnd(("bridge.widen",), ())
    }
    opened = ["bridge.squeeze.conv", "bridge.widen", "bridge.refine.0.shortcut.conv"]
    assert dead_ends(graph, starts, ends, opened) == {}


def test_a_gate_is_no_free_path(tmp_path: Path) -> None:
    """A product scales the gradient by what the gate's convolutions say."""
    graph = minnow(tmp_path).inference.graph
    output = {scope.name: scope.output for scope in graph.scopes}
    opened = ["bridge.squeeze.conv", "bridge.widen", "bridge.refine.0.shortcut.conv"]
    assert list(dead_ends(graph, {"tail2": output["tail2"]}, [output["bridge"]], opened)) == [
        "tail2"
    ]


def test_dead_ends_that_lead_to_each_other(tmp_path: Path) -> None:
    """bridge -> body2 -> body1 -> head1 freely, the skips beside them, and to no end."""
    graph = minnow(tmp_path).inference.graph
    output = {scope.name: scope.output for scope in graph.scopes}
    starts = {name: output[name] for name in ("bridge", "body2", "body1", "head1")}
    found = dead_ends(graph, starts, [output["tail1"]])
    assert {name: sorted(end.through) for name, end in found.items()} == {
        "bridge": ["body2"],
        "body2": ["body1", "head1"],
        "body1": ["head1"],
        "head1": [],
    }
