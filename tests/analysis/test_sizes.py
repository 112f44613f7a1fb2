"""The sizes that a network takes, against torch: what is said to run runs, and no other does."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from fishcompile.analysis import sides
from fishcompile.analysis.sides import moved
from fishcompile.analysis.size_words import pattern
from fishcompile.analysis.sizes import Sizes, sizes
from fishcompile.ir.graph import Graph, Node
from fishcompile.pipeline import analyse, check_texts, compiled
from fishcompile.targets.module import instantiate
from fishcompile.targets.source import emit_source
from tests.grammar.specs import spec
from tests.nets import ROOT
from tests.targets.reference import run_node

SHIPPED = sorted(path.stem for path in (ROOT / "specs").glob("*.yaml"))
HEAD = "fishspec: 2\nname: net\n"

# Two convolutions of stride 2 and one that brings the map back by a factor: sides of which the
# half, rounded up, is even.
BY_FACTOR = """\
input: {size: 64}
graph:
  c1: {kind: conv, from: input, out: 8, stride: 2}
  c2: {kind: conv, out: 8, stride: 2}
  u1: {kind: upsample, factor: 2}
  both: {kind: concat, from: [u1, c1]}
outputs: {y: both}
"""
# LeNet-5 with padding, on 28x28: its linear layer wants 5x5 pixels.
LENET = """\
input: {channels: 1, size: 28}
graph:
  c1: {kind: conv, from: input, out: 6, kernel: 5, padding: 2}
  p1: {kind: max_pool}
  c2: {kind: conv, out: 16, kernel: 5, padding: 0}
  p2: {kind: max_pool}
  flat: {kind: flatten}
  fc: {kind: linear, out: 10}
outputs: {y: fc}
"""
# A map pooled to 7x7 beside one of stride 32, which is as large for sides of 193 to 224.
MET_ONCE = """\
input: {size: 224}
graph:
  c1: {kind: conv, from: input, out: 8, kernel: 31, stride: 16, padding: 15}
  c2: {kind: conv, out: 8, stride: 2}
  seven: {kind: adaptive_avg_pool, from: c1, size: 7}
  both: {kind: concat, from: [c2, seven]}
outputs: {y: both}
"""
# Group norm of one channel a group: not on one pixel, which both sides have to be for it.
ONE_NUMBER = """\
input: {size: 32}
graph:
  c1: {kind: conv, from: input, out: 8, stride: 4, norm: {kind: group, channels: 1}}
outputs: {y: c1}
"""


def graph_of(folder: Path, text: str) -> Graph:
    path = folder / "net.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    return compiled(path).inference.graph


def found(graph: Graph) -> Sizes:
    made = sizes(graph)
    assert made is not None
    return made


def runs(graph: Graph, height: int, width: int) -> bool:
    """Whether torch takes an image of a size through the graph, and broadcasts by intent alone.

    Maps have one channel, which changes nothing about their sides; vectors have all their numbers.
    """
    values = {graph.inputs[0].name: torch.zeros(1, 1, height, width)}
    for node in graph.nodes:
        given = [values[name] for name in node.inputs]
        try:
            values[node.name] = _joined(graph, node, given)
        except (RuntimeError, ValueError):
            return False
    return True


def _joined(graph: Graph, node: Node, given: list[Tensor]) -> Tensor:
    """What a node makes, without what torch does and the language does not mean."""
    if node.op.kind == "upsample" and len(given) > 1 and _smaller(given[1], given[0]):
        raise ValueError("up-sampling to fewer pixels")
    if node.op.kind not in ("add", "mul"):
        return _through(graph, node, given)
    at_home = {graph.types[name].sides for name in node.inputs}
    if len(at_home) == 1 and len({value.shape[2:] for value in given}) > 1:
        raise ValueError("a pixel of this image alone would be broadcast")
    return run_node(node, {}, given)


def _through(graph: Graph, node: Node, given: list[Tensor]) -> Tensor:
    op: Any = node.op
    channels = graph.types[node.inputs[0]].channels
    match op.kind:
        case "conv":
            weight = torch.zeros(1, 1, op.kernel_size, op.kernel_size)
            return F.conv2d(given[0], weight, None, op.stride, op.padding, op.dilation)
        case "conv_transpose":
            return run_node(
                node, {"weight": torch.zeros(1, 1, op.kernel_size, op.kernel_size)}, given
            )
        case "group_norm":
            F.group_norm(given[0].expand(1, channels, -1, -1), op.groups)
            return given[0]
        case "flatten":
            return torch.zeros(1, 1).expand(1, channels * given[0].numel())
        case "linear":
            weight = torch.zeros(1, 1).expand(1, op.in_features)
            return F.linear(given[0], weight).expand(1, op.out_features)
        case "max_pool" | "avg_pool" | "adaptive_avg_pool" | "global_avg_pool" | "upsample":
            return run_node(node, {}, given)
        case "concat":
            return torch.cat(given, 1)[:, :1]
        case _:
            return given[0]


def _smaller(one: Tensor, other: Tensor) -> bool:
    return one.shape[2] < other.shape[2] or one.shape[3] < other.shape[3]


def hold_against_torch(graph: Graph, squares: range, others: int, seed: int) -> None:
    said = found(graph)
    random = Random(seed)
    pairs = [(side, side) for side in squares]
    pairs += [(random.randint(1, 160), random.randint(1, 160)) for _ in range(others)]
    wrong = [pair for pair in pairs if said.contains(*pair) != runs(graph, *pair)]
    assert wrong == []


@pytest.mark.parametrize("text", [BY_FACTOR, LENET, MET_ONCE, ONE_NUMBER])
def test_small_nets_run_at_the_sizes_that_are_said(tmp_path: Path, text: str) -> None:
    hold_against_torch(graph_of(tmp_path, text), range(1, 300), 60, 1)


def test_sizes_worked_out_by_hand(tmp_path: Path) -> None:
    rules = {
        BY_FACTOR: "heights and widths of 4 n - 1 to 4 n, from 3",
        LENET: "every height and width from 12",
        MET_ONCE: "heights and widths of 193 to 224",
        ONE_NUMBER: "every height and width",
    }
    assert {text: str(pattern(found(graph_of(tmp_path, text)))) for text in rules} == rules
    lenet = found(graph_of(tmp_path, LENET))
    assert lenet.fixed == (("p2", 25),)
    assert [side for side in range(1, 99) if lenet.contains(side, side)] == [28, 29, 30, 31]
    alone = found(graph_of(tmp_path, ONE_NUMBER))
    assert (alone.contains(4, 4), alone.contains(4, 5), alone.contains(5, 4)) == (False, True, True)


def test_what_was_measured_of_the_shipped_networks() -> None:
    """As torch runs them; an exporter guesses less of unet, fcn8s and the hourglass."""
    rules = {
        "fishnet99": "every height and width from 29",
        "unet": "every height and width from 16",
        "fcn8s": "every height and width from 32",
        "stacked_hourglass": "every height and width from 63",
        "resnet50_fpn": "every height and width",
    }
    for name, rule in rules.items():
        graph = compiled(ROOT / "specs" / f"{name}.yaml").inference.graph
        assert str(pattern(found(graph))) == rule, name


@pytest.mark.parametrize("name", ["fishnet_nano", "unet", "resnet50_fpn"])
def test_shipped_specs_run_at_the_sizes_that_are_said(name: str) -> None:
    graph = compiled(ROOT / "specs" / f"{name}.yaml").inference.graph
    hold_against_torch(graph, range(1, 66, 3), 5, 2)


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_spec_runs_at_the_sizes_that_are_said(name: str) -> None:
    graph = compiled(ROOT / "specs" / f"{name}.yaml").inference.graph
    hold_against_torch(graph, range(1, 161, 5 if len(graph.nodes) > 400 else 1), 20, 3)


def drawn(number: int, folder: Path) -> Graph:
    for name, text in spec(number).texts().items():
        (folder / name).write_text(text, encoding="utf-8")
    return analyse(folder / "net.yaml").inference.graph


@pytest.mark.parametrize("number", range(12))
def test_drawn_specs_run_at_the_sizes_that_are_said(number: int, tmp_path: Path) -> None:
    hold_against_torch(drawn(number, tmp_path), range(1, 160, 9), 5, number)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(200))
def test_two_hundred_drawn_specs_run_at_the_sizes_that_are_said(
    number: int, tmp_path: Path
) -> None:
    hold_against_torch(drawn(number, tmp_path), range(1, 161, 3), 20, number)


def test_the_emitted_file_refuses_what_does_not_hold(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(HEAD + BY_FACTOR, encoding="utf-8")
    model = instantiate(emit_source(compiled(path)), "net").eval()
    assert "Takes heights and widths of 4 n - 1 to 4 n, from 3." in str(type(model).__doc__)
    with torch.inference_mode():
        for side in range(1, 40):
            image = torch.zeros(1, 3, side, 8)
            if side > 2 and side % 4 in (3, 0):
                assert model(image).shape[2] == (side + 1) // 2
            else:
                with pytest.raises(ValueError, match="the network takes heights and widths of 4 n"):
                    model(image)


def test_one_image_trains_from_the_size_that_is_said() -> None:
    path = ROOT / "specs" / "fishnet_nano.yaml"
    side, name = found(compiled(path).inference.graph).trains_from()
    assert side is not None
    assert name
    model = instantiate(emit_source(compiled(path)), "fishnet_nano").train()
    model(torch.zeros(1, 3, side, side))
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        model(torch.zeros(1, 3, side - 1, side - 1))


PYRAMID = """\
fishspec: 2
name: pyramid
input: {size: [640, 1280], sizes: {from: 640, multiple: 16}}
graph:
  c3: {kind: conv, from: input, out: 8, kernel: 9, stride: 8}
  c4: {kind: conv, out: 8, stride: 2}
  c5: {kind: conv, out: 8, stride: 2}
  up5: {kind: upsample}
  p4: {kind: add, from: [c4, up5]}
outputs: {p4: p4}
"""


def test_a_promise_that_does_not_hold_is_refused_at_the_merge() -> None:
    (finding,) = check_texts({"net.yaml": PYRAMID}, "net.yaml").diagnostics
    assert finding.rule == "FC404"
    assert "at 656x656, which `input.sizes` promises" in finding.message
    assert "to: c4" in " ".join(finding.help)
    assert "promise what holds: `{from: 32, multiple: 32}`" in finding.help
    assert any(related.message == "the promise" for related in finding.related)
    edges = " ".join(finding.notes)
    assert "8x41x41" in edges
    assert "8x42x42" in edges
    mended = PYRAMID.replace("{kind: upsample}", "{kind: upsample, to: c4}")
    assert check_texts({"net.yaml": mended}, "net.yaml").diagnostics == ()


def test_a_promise_that_holds_says_nothing() -> None:
    text = PYRAMID.replace("multiple: 16", "multiple: 32")
    assert check_texts({"net.yaml": text}, "net.yaml").diagnostics == ()


def test_the_work_has_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Strides whose product is beyond what is looked at, in a thousand nodes that differ."""
    lines = []
    for at in range(500):
        stride = (3, 5, 7, 11, 13)[at % 5]
        lines.append(f"  p{at}: {{kind: max_pool, kernel: {stride}, stride: {stride}}}")
        lines.append(f"  u{at}: {{kind: upsample, factor: {stride}}}")
    first = lines[0].replace("kind: max_pool", "kind: max_pool, from: input")
    text = "\n".join(
        ["input: {size: 15015}", "graph:", first, *lines[1:], "outputs: {y: u499}", ""]
    )
    graph = graph_of(tmp_path, text)
    calls = 0

    def counted(op: Any, entering: Any, given: Any) -> int:
        nonlocal calls
        calls += 1
        return moved(op, entering, given)

    monkeypatch.setattr(sides, "moved", counted)
    said = found(graph)
    assert said.trains_from() == (said.least, "")
    assert not said.proven
    assert calls < 700_000
