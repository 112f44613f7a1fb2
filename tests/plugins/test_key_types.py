"""Keys that are decimals, pairs and words, in what plug-ins bring: from the check to the run."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

import fishcompile
from fishcompile.cli.commands.render import rendered
from fishcompile.diagnostics.finding import Diagnostic
from fishcompile.ir.text import print_graph
from fishcompile.pipeline import analyse, compiled, examine
from fishcompile.targets.source import emit_source
from tests.graph_text import parse_graph
from tests.plugins.conftest import Install

CODE = '''
"""Ops of acme."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fishcompile import Plugin
from fishcompile.ir.builder import Block
from fishcompile.ops.base import Call, Op, State
from fishcompile.ops.keys import decimal, flag, pair, whole, word
from fishcompile.ops.tensor import feature_map


@dataclass(frozen=True)
class Leaky(Op):
    kind: ClassVar[str] = "acme_leaky"
    calls = ("F.leaky_relu",)
    slope: float

    def infer(self, *inputs):
        return inputs[0]


@dataclass(frozen=True)
class Pool(Op):
    kind: ClassVar[str] = "acme_pool"
    calls = ("F.avg_pool2d",)
    window: tuple[int, int]

    def infer(self, *inputs):
        (x,) = inputs
        return feature_map(x.channels, tuple(s // w for s, w in zip(x.sides, self.window)))

    @classmethod
    def expression(cls, fields, operands):
        return f"F.avg_pool2d({{0}}, {fields['window']})"


@dataclass(frozen=True)
class Border(Op):
    kind: ClassVar[str] = "acme_border"
    calls = ("F.pad",)
    mode: str

    def infer(self, *inputs):
        return feature_map(inputs[0].channels, tuple(side + 2 for side in inputs[0].sides))

    @classmethod
    def expression(cls, fields, operands):
        return f'F.pad({{0}}, (1, 1, 1, 1), mode="{fields["mode"]}")'


@dataclass(frozen=True)
class Pad(Op):
    kind: ClassVar[str] = "acme_pad"
    calls = ("F.pad",)
    border: tuple[int, int]
    mode: str
    value: int

    def infer(self, *inputs):
        c, h, w = inputs[0].shape
        return feature_map(c, (h, w + sum(self.border)))


@dataclass(frozen=True)
class Norm(Op):
    kind: ClassVar[str] = "acme_norm"
    gradient = "norm"
    channels: int
    eps: float
    affine: bool

    def infer(self, *inputs):
        return inputs[0]

    def state(self):
        shape = (self.channels,)
        return (State("weight", shape), State("bias", shape)) if self.affine else ()

    @classmethod
    def module(cls):
        positional = (("channels", None), ("eps", "1e-05"))
        return Call("nn.InstanceNorm2d", positional, (("affine", "False"),))


@dataclass(frozen=True)
class Two(Block):
    """Two leaky units, and a pooling of squares."""

    slope: float
    side: int

    def expand(self, b, x):
        x = b.op("one", Leaky(self.slope), x)
        x = b.op("two", Leaky(self.slope * 2), x)
        return b.op("pool", Pool((self.side, self.side)), x)


SLOPE = decimal("Slope below zero.", 0, 1, default=0.01)
LEAKY = Plugin(Leaky, "Leaky unit.", {"slope": SLOPE})
POOL = Plugin(Pool, "Pooling.", {"window": pair("Its window.", 1, 9, example=(2, 3))})
MODE = word("What fills it.", ("reflect", "circular"), default="reflect")
BORDER = Plugin(Border, "A border.", {"mode": MODE})
NORM = Plugin(
    lambda x, **keys: Norm(x.channels, **keys),
    "A norm of each image.",
    {
        "eps": decimal("Added to the variance.", 0, 1, default=1e-5),
        "affine": flag("Weights.", default=False),
    },
)
TWO = Plugin(lambda x, **keys: Two(**keys), "Two.", {
    "slope": SLOPE, "side": whole("Side of the window.", 1, 4, default=2)})
PAD = Plugin(Pad, "A border of one value.", {
    "border": pair("Its widths.", 0, 9, example=(2, 3)),
    "mode": word("Its kind.", ("constant",), default="constant"),
    "value": whole("The value.", -9, 9, default=0)})
LIKE = Plugin(lambda x, *like, slope: Leaky(slope), "Unread.", {"slope": SLOPE}, inputs="to")
'''
NAMES = ("leaky", "pool", "border", "norm", "two", "pad", "like")
ENTRIES = {f"acme__{name}": f"acme_ops:{name.upper()}" for name in NAMES}
NET = """\
fishspec: 2
name: typed
input: {size: 24}
blocks:
  unit: {graph: {a: {kind: acme.leaky, slope: 0.3}, b: {kind: acme.border, mode: circular}}}
graph:
  c1: {kind: conv, from: input, out: 4, norm: none, act: none}
  leaky: {kind: acme.leaky, slope: 1e-3}
  again: {kind: acme.leaky}
  whole: {kind: acme.leaky, slope: 1}
  border: {kind: acme.border}
  unit: {kind: unit}
  norm: {kind: acme.norm, eps: 0.5, affine: true}
  pool: {kind: acme.pool, window: [2, 3]}
  pad: {kind: acme.pad, border: [2, 1], value: -1}
  two: {kind: acme.two, slope: 0.25}
  more: {kind: acme.two, slope: 0.125, side: 1}
  b1: {kind: blocks, blocks: 2, block: {kind: acme.two, slope: 0.5, side: 1}}
outputs: {y: b1}
"""


@pytest.fixture
def spec(install: Install, tmp_path: Path) -> Path:
    install("acme_ops", CODE, **ENTRIES)
    path = tmp_path / "net.yaml"
    path.write_text(NET, "utf-8")
    return path


def test_it_computes_what_it_says(spec: Path) -> None:
    assert fishcompile.check(spec).diagnostics == ()
    model = fishcompile.compile(spec).eval()
    x = torch.randn(2, 3, 24, 24)
    with torch.inference_mode():
        y = model.get_submodule("c1")(x)
        for slope in (0.001, 0.01, 1.0):
            y = F.leaky_relu(y, slope)
        y = F.leaky_relu(F.pad(y, (1, 1, 1, 1), mode="reflect"), 0.3)
        y = F.instance_norm(F.pad(y, (1, 1, 1, 1), mode="circular"), eps=0.5)
        y = F.pad(F.avg_pool2d(y, (2, 3)), (2, 1), value=-1)
        y = F.avg_pool2d(F.leaky_relu(F.leaky_relu(y, 0.25), 0.5), 2)
        y = F.leaky_relu(F.leaky_relu(y, 0.125), 0.25)
        for _ in range(2):
            y = y + F.leaky_relu(F.leaky_relu(y, 0.5), 1.0)
        assert torch.allclose(model(x), y, atol=1e-5)


def test_what_is_printed_rendered_and_emitted_is_the_same_network(
    spec: Path, tmp_path: Path
) -> None:
    analysis = compiled(spec)
    graph, source = analysis.inference.graph, emit_source(analysis)
    text = print_graph(graph)
    assert "%leaky = acme_leaky(%c1) {slope=0.001} : 4x24x24" in text
    assert "%whole = acme_leaky(%again) {slope=1.0} : 4x24x24" in text
    assert "%border = acme_border(%whole) {mode=reflect} : 4x26x26" in text
    assert "%pool = acme_pool(%norm) {window=(2, 3)} : 4x14x9" in text
    assert "%two.pool = acme_pool(%two.two) {window=(2, 2)} : 4x7x6" in text
    assert "{border=(2, 1), mode=constant, value=-1}" in text
    assert "{channels=4, eps=0.5, affine=True}" in text
    assert parse_graph(text) == graph
    assert ', (2, 1), "constant", -1)' in source
    assert "self.norm = nn.InstanceNorm2d(4, 0.5, affine=True)" in source
    for form in (False, True):
        path = tmp_path / "rendered.yaml"
        path.write_text("\n".join([*rendered(analysis, graph=form), ""]), "utf-8")
        assert emit_source(analyse(path)) == source


def found(path: Path, old: str, new: str) -> Diagnostic:
    path.write_text(NET.replace(old, new), "utf-8")
    (finding,) = examine(path)[0].diagnostics
    return finding


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("slope: 1e-3", "slope: 1.5", "must be a number from 0 to 1, got 1.5"),
        ("slope: 1e-3", "slope: 2.0", "must be a number from 0 to 1, got 2.0"),
        ("slope: 1e-3", "slope: true", "must be a number from 0 to 1, got true"),
        ("slope: 0.3", "slope: half", "must be a number from 0 to 1, got the text `half`"),
        ("[2, 3]", "[2, 3, 4]", "must be a list of two whole numbers from 1 to 9, got a list of 3"),
        ("[2, 3]", "2", "must be a list of two whole numbers from 1 to 9, got 2"),
        ("[2, 3]", "[2, 10]", "must be a whole number from 1 to 9, got 10"),
        ("mode: circular", "mode: round", "must be one of `reflect` or `circular`, got the text"),
    ],
)
def test_what_may_not_be_written(spec: Path, old: str, new: str, message: str) -> None:
    finding = found(spec, old, new)
    assert finding.rule == "FC112"
    assert message in finding.message


def test_a_decimal_out_of_its_range_is_not_told_to_be_whole(spec: Path) -> None:
    assert found(spec, "slope: 1e-3", "slope: 2.0").help == ("for example `slope: 0.01`",)
    assert found(spec, "slope: 1e-3", 'slope: "0.5"').help == ("write 0.5 without quotes",)


def test_one_that_may_take_the_sides_of_another(spec: Path, tmp_path: Path) -> None:
    spec.write_text(NET.replace("again: {kind: acme.leaky}", "again: {kind: acme.like, to: c1}"))
    analysis = compiled(spec)
    assert analysis.inference.graph.nodes[2].inputs == ("leaky", "c1")
    path = tmp_path / "rendered.yaml"
    path.write_text("\n".join([*rendered(analysis, graph=True), ""]), "utf-8")
    assert "to: c1" in path.read_text("utf-8")
    assert emit_source(analyse(path)) == emit_source(analysis)
