"""What verify refuses: a sound graph, broken in one place each, and what is said of that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fishcompile.ir.graph import Graph
from fishcompile.ir.text import parse_graph
from fishcompile.ir.verify import BrokenGraphError, verify
from fishcompile.ops.relu import Relu
from fishcompile.ops.tensor import TensorType
from fishcompile.pipeline import compiled
from tests.nets import SPECS

SOUND = """\
graph net(%input: 4x8x8) -> (out: %row.1.sum) taps (low: %stem)
block Unit(x) {channels: int} Unit.
%stem = relu(%input) {} : 4x8x8
scope row = Sequential(%stem) {count=2} -> %row.1.sum
  scope row.0 = Unit(%stem) {channels=4} -> %row.0.sum
    %row.0.conv = conv(%stem) {in_channels=4 `channels`, out_channels=4 `channels`, kernel_size=1, \
stride=1, padding=0, dilation=1, groups=1, bias=False} : 4x8x8
    %row.0.sum = add(%stem, %row.0.conv) {} : 4x8x8
  scope row.1 = Unit(%row.0.sum) {channels=4} -> %row.1.sum
    %row.1.conv = conv(%row.0.sum) {in_channels=4 `channels`, out_channels=4 `channels`, \
kernel_size=1, stride=1, padding=0, dilation=1, groups=1, bias=False} : 4x8x8
    %row.1.sum = add(%row.0.sum, %row.1.conv) {} : 4x8x8
"""


def test_a_sound_graph_is_one() -> None:
    verify(parse_graph(SOUND))


@pytest.mark.parametrize("path", sorted(SPECS.glob("*.yaml")), ids=lambda path: path.stem)
def test_what_specs_stand_for_is_sound(path: object) -> None:
    verify(compiled(path).inference.graph)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("%row.1.conv) {} : 4x8x8", "%row.1.conv) {} : 4x8x9",
         "row.1.sum is said to be 4x8x9"),
        ("%stem = relu(%input) {} : 4", "%stem = relu(%input) {} : 5", "stem is said to be 5x8x8"),
        ("in_channels=4 `channels`", "in_channels=8",
         "row.0.conv does not fit its inputs: expects 8"),
        ("(out: %row.1.sum)", "(out: %row.0.sum)", "output out names row.0.sum, which the top"),
        ("(out: %row.1.sum)", "(out: %nothing)", "output out names nothing, which the top"),
        ("(low: %stem)", "(low: %row.0.conv)", "tap low names row.0.conv, which the top"),
        ("(low: %stem)", "(low: %stem, low: %input)", "the tap low is there 2 times"),
        ("(out: %row.1.sum)", "(out: %stem, out: %row.1.sum)", "the output out is there 2 times"),
        ("Unit(%stem) {channels=4} -> %row.0.sum", "Unit(%stem) {channels=4} -> %row.0.x",
         "row.1 reads row.0.sum, which the scope row does not see"),
        ("{count=2} -> %row.1.sum", "{count=2} -> %row.1.conv",
         "the scope row gives out row.1.conv, which is not made in it"),
        ("conv(%row.0.sum)", "conv(%stem)",
         "row.1.conv reads stem, which the scope row.1"),
        ("add(%row.0.sum, ", "add(%row.0.conv, ", "row.1.sum reads row.0.conv, which"),
        ("row.1 = Unit(%row.0.sum)", "row.1 = Unit(%stem)",
         "row.1 does not read what the block before"),
        ("{count=2}", "{count=3}", "row does not count its 2 blocks"),
        ("{count=2} -> %row.1.sum", "{count=2} -> %row.0.sum", "row does not give what its"),
        ("row.0", "row.2", "the blocks of row are not numbered from 0: 2, 1"),
        ("row.1 = Unit", "row.1 = Union", "row.1 is a Union, which is no kind of this graph"),
        ("Unit(%stem) {channels=4}", "Unit(%stem) {channels=8}",
         "in_channels of row.0.conv is 4, and channels is 8"),
        ("Unit(%stem) {channels=4}", "Unit(%stem) {width=4}",
         "in_channels of row.0.conv reads 'channels', which the block around it does not have"),
        ("Unit(%row.0.sum) {channels=4}", "Unit(%row.0.sum) {channels=4 `count`}",
         "channels of row.1 reads 'count', which the block around it does not have"),
    ],
)  # fmt: skip
def test_what_is_broken_is_named(old: str, new: str, said: str) -> None:
    assert old in SOUND
    with pytest.raises(BrokenGraphError) as caught:
        verify(parse_graph(SOUND.replace(old, new)))
    assert str(caught.value).startswith("net: ")
    assert said in str(caught.value)


def test_a_row_that_is_no_chain_is_named() -> None:
    """Both blocks read the stem, as those of no nn.Sequential can."""
    first, second = SOUND.split("  scope row.1")
    second = second.replace("%row.0.sum", "%stem")
    with pytest.raises(BrokenGraphError, match=r"row\.1 does not read what the block before it"):
        verify(parse_graph(f"{first}  scope row.1{second}"))


def sound() -> Graph:
    return parse_graph(SOUND)


def test_what_no_text_of_a_graph_can_say_is_named() -> None:
    graph = sound()
    stem, *nodes = graph.nodes
    row, *scopes = graph.scopes
    cases = {
        "stem is there 2 times": replace(graph, nodes=(stem, *graph.nodes)),
        "row is there 2 times": replace(graph, scopes=(row, *graph.scopes)),
        "input is there 2 times": replace(graph, inputs=graph.inputs * 2),
        "row.0.conv reads stem, which nothing before it makes": replace(
            graph, nodes=(*nodes, stem)
        ),
        "late reads row.0.conv, which the top does not see": replace(
            graph, nodes=(*graph.nodes, stem._replace(name="late", inputs=("row.0.conv",)))
        ),
        "row.2.x stands in no scope": replace(
            graph, nodes=(*graph.nodes, stem._replace(name="row.2.x"))
        ),
        "the scope row.0 stands before the one around it": replace(graph, scopes=(*scopes, row)),
        "the scope row.3 is empty": replace(
            graph, scopes=(*graph.scopes, scopes[0]._replace(name="row.3"))
        ),
        "row.2 does not read what the block before": replace(
            graph,
            nodes=(*graph.nodes, stem._replace(name="row.2", inputs=("row.1.sum",))),
            scopes=(row._replace(params=(("count", 3),), output="row.2"), *scopes),
            outputs=(("out", "row.2"),),
        ),
    }
    for said, broken in cases.items():
        with pytest.raises(BrokenGraphError, match=said.replace(".", r"\.")):
            verify(broken)


def test_a_bug_is_no_finding() -> None:
    """It is an AssertionError, which the command line reports as a bug of its own."""
    node = sound().nodes[0]
    wrong = node._replace(op=Relu(), type=TensorType((3,)))
    with pytest.raises(AssertionError, match="its op makes 4x8x8"):
        verify(replace(sound(), nodes=(wrong, *sound().nodes[1:])))
