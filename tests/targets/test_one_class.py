"""One class for each block of a spec, whatever its instances leave out, repeat or hold.

The emitted network is compared with an interpreter of the graph, to the bit, and its state dict
with that of the graph.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

import fishcompile
from fishcompile.ir.text import parse_graph, print_graph
from fishcompile.pipeline import compiled
from tests.targets.test_designs import analysed, compare

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "fishspec: 2\nname: net\ninput: {channels: 8, size: 16}\nblocks:\n"

# Each: the blocks, the nodes, the classes that they make, and a line that says how.
BLOCKS = {
    "a projection where the width grows": (
        (
            "unit: {parameters: {out: required}, graph: {"
            "conv: {kind: conv, out: out}, "
            "skip: {kind: conv, from: input, out: out, kernel: 1, norm: none, act: none, "
            "when: out - in_channels}, sum: {kind: add, from: [conv, skip]}}}"
        ),
        "a: {kind: unit, from: input, out: 8}, b: {kind: unit, out: 16}, c: {kind: unit, out: 16}",
        ["ConvNormAct", "Unit", "Net"],
        "if out > in_channels: self.skip = nn.Conv2d(in_channels, out, 1)",
    ),
    "a sum that is left out": (
        (
            "unit: {parameters: {stride: 1}, graph: {"
            "conv: {kind: conv, out: in_channels, stride: stride}, "
            "sum: {kind: add, from: [conv, input], when: 2 - stride}}}"
        ),
        "a: {kind: unit, from: input, stride: 2}, b: {kind: unit}",
        ["ConvNormAct", "Unit", "Net"],
        "return conv + x if self.sum else conv",
    ),
    "one of two activations": (
        (
            "unit: {parameters: {soft: 0}, graph: {"
            "conv: {kind: conv, out: in_channels, act: none}, "
            "relu: {kind: relu, when: 1 - soft}, silu: {kind: silu, when: soft}}}"
        ),
        "a: {kind: unit, from: input, soft: 1}, b: {kind: unit}",
        ["ConvNorm", "Unit", "Net"],
        "self.relu = soft < 1",
    ),
    "the first node and the last": (
        (
            "unit: {parameters: {wide: 0, last: 0}, graph: {"
            "first: {kind: conv, out: in_channels + wide, when: wide}, "
            "conv: {kind: conv, out: in_channels, kernel: 1}, "
            "last: {kind: conv, out: in_channels, when: last}}}"
        ),
        (
            "a: {kind: unit, from: input}, b: {kind: unit, wide: 4}, c: {kind: unit, last: 1}, "
            "d: {kind: unit, wide: 2, last: 1}"
        ),
        ["ConvNormAct", "Unit", "Net"],
        "if wide > 0 else nn.Identity()",
    ),
    "a width that reads otherwise past what is left out": (
        (
            "unit: {parameters: {mid: required}, graph: {"
            "wide: {kind: conv, out: mid, when: mid - in_channels}, "
            "conv: {kind: conv, out: in_channels, kernel: 1}}}"
        ),
        "a: {kind: unit, from: input, mid: 8}, b: {kind: unit, mid: 24}",
        ["ConvNormAct", "Unit", "Net"],
        "self.conv = ConvNormAct(mid, in_channels, 1)",
    ),
    "a block that holds itself": (
        (
            "hour: {parameters: {depth: required}, graph: {"
            "stay: {kind: conv, out: in_channels}, pool: {kind: max_pool, from: input}, "
            "inner: {kind: hour, depth: depth - 1, when: depth - 1}, "
            "deepest: {kind: conv, out: in_channels, when: 2 - depth}, "
            "up: {kind: upsample, to: stay}, sum: {kind: add, from: [stay, up]}}}"
        ),
        "a: {kind: hour, from: input, depth: 3}, b: {kind: hour, depth: 1}",
        ["ConvNormAct", "Hour", "Net"],
        "Hour(in_channels, depth=depth - 1) if depth > 1 else nn.Identity()",
    ),
    "blocks that hold each other": (
        (
            "odd: {parameters: {depth: required}, graph: {conv: {kind: conv, out: in_channels}, "
            "inner: {kind: even, depth: depth - 1, when: depth - 1}}}\n"
            "  even: {parameters: {depth: required}, graph: {relu: {kind: silu}, "
            "inner: {kind: odd, depth: depth - 1, when: depth - 1}}}"
        ),
        "a: {kind: odd, from: input, depth: 4}, b: {kind: odd, depth: 1}, c: {kind: odd, depth: 3}",
        ["ConvNormAct", "Even", "Odd", "Net"],
        "Even(in_channels, depth=depth - 1) if depth > 1 else nn.Identity()",
    ),
    "a row of one and of many": (
        (
            "unit: {graph: {conv: {kind: conv, out: in_channels}}}\n"
            "  row: {parameters: {n: 1}, graph: {units: {kind: unit, repeat: n}}}"
        ),
        "a: {kind: row, from: input}, b: {kind: row, n: 3}",
        ["ConvNormAct", "Unit", "Row", "Net"],
        "if n > 1",
    ),
    "a row that may be none": (
        (
            "unit: {parameters: {out: required}, graph: {conv: {kind: conv, out: out}}}\n"
            "  row: {parameters: {out: required, n: 1}, graph: {one: {kind: unit, out: out}, "
            "rest: {kind: unit, out: out, repeat: n - 1, when: n - 1}}}"
        ),
        (
            "a: {kind: row, from: input, out: 16}, b: {kind: row, out: 8, n: 2}, "
            "c: {kind: row, out: 8, n: 4}"
        ),
        ["ConvNormAct", "Unit", "Row", "Net"],
        "self.rest: nn.Module = nn.Identity() if n > 1: self.rest = (",
    ),
    "a merge of two, of which one is left out": (
        (
            "unit: {inputs: [x, y], parameters: {both: 0}, graph: {"
            "conv: {kind: conv, from: x, out: 8}, "
            "join: {kind: add, from: [conv, y], when: both}, "
            "out: {kind: conv, out: 8, kernel: 1}}}"
        ),
        (
            "z: {kind: relu, from: input}, a: {kind: unit, from: [input, z]}, "
            "b: {kind: unit, from: [a, z], both: 1}"
        ),
        ["ConvNormAct", "Unit", "Net"],
        "x = x + y if self.join else x",
    ),
    "a concat of two, of which one is left out": (
        (
            "unit: {inputs: [x, y], parameters: {both: 0}, graph: {"
            "conv: {kind: conv, from: x, out: 8}, "
            "join: {kind: concat, from: [conv, y], when: both}, "
            "out: {kind: conv, out: 8, kernel: 1}}}"
        ),
        (
            "z: {kind: relu, from: input}, a: {kind: unit, from: [input, z]}, "
            "b: {kind: unit, from: [a, z], both: 1}"
        ),
        ["ConvNormAct", "Unit", "Net"],
        "x = torch.cat([x, y], dim=1) if self.join else x",
    ),
    "a map read twice, or once": (
        (
            "unit: {parameters: {both: 0}, graph: {"
            "conv: {kind: conv, out: 8}, "
            "join: {kind: concat, from: [conv, conv], when: both}, "
            "out: {kind: conv, out: 8, kernel: 1}}}"
        ),
        "a: {kind: unit, from: input}, b: {kind: unit, both: 1}",
        ["ConvNormAct", "Unit", "Net"],
        "x = torch.cat([x, x], dim=1) if self.join else x",
    ),
    "a block of two maps that holds itself": (
        (
            "pair: {inputs: [x, y], parameters: {depth: required}, graph: {"
            "conv: {kind: conv, from: x, out: 8}, "
            "join: {kind: concat, from: [conv, y], when: 2 - depth}, "
            "last: {kind: conv, out: 8, kernel: 1, when: 2 - depth}, "
            "more: {kind: concat, from: [y, conv], when: depth - 1}, "
            "inner: {kind: pair, from: [last, more], depth: depth - 1, when: depth - 1}}}"
        ),
        (
            "z: {kind: relu, from: input}, a: {kind: pair, from: [input, z], depth: 3}, "
            "b: {kind: pair, from: [a, z], depth: 1}"
        ),
        ["ConvNormAct", "Pair", "Net"],
        "return self.inner(last, x) if self.inner is not None else last",
    ),
}


@pytest.mark.parametrize("what", BLOCKS)
def test_a_block_is_one_class(tmp_path: Path, what: str) -> None:
    blocks, nodes, names, line = BLOCKS[what]
    last = nodes.rpartition("{")[0].rpartition(",")[2].partition(":")[0].strip()
    text = f"{HEAD}  {blocks}\ngraph: {{{nodes}}}\noutputs: {{logits: {last}}}\n"
    analysis = analysed(tmp_path, text)
    compare(analysis)
    emitted = fishcompile.emit(tmp_path / "spec.yaml")
    classes = [n.name for n in ast.walk(ast.parse(emitted)) if isinstance(n, ast.ClassDef)]
    assert classes == names
    assert line in " ".join(emitted.split())
    graph = analysis.inference.graph
    assert parse_graph(print_graph(graph)) == graph


def test_what_is_left_out_is_a_line_of_the_graph(tmp_path: Path) -> None:
    blocks, nodes, *_ = BLOCKS["a projection where the width grows"]
    spec = tmp_path / "spec.yaml"
    spec.write_text(f"{HEAD}  {blocks}\ngraph: {{{nodes}}}\noutputs: {{logits: c}}\n", "utf-8")
    lines = [line.strip() for line in print_graph(compiled(spec).inference.graph).splitlines()]
    assert "skip %a.skip = %input unless `out - in_channels`" in lines
    assert "skip %c.skip = %b.sum unless `out - in_channels`" in lines
    assert not [line for line in lines if line.startswith("skip %b.")]
