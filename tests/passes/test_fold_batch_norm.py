"""What fold_batch_norm does to small nets, worked out by hand, and where it leaves a norm alone."""

from __future__ import annotations

import pytest

from fishcompile.analysis.costs import below, costs
from fishcompile.ir.graph import Graph
from fishcompile.ir.text import parse_graph, print_graph
from fishcompile.ir.verify import verify
from fishcompile.passes import run
from fishcompile.passes.base import Fold
from fishcompile.targets.python_source.emit import emit

CONV = "kernel_size=1, stride=1, padding=0, dilation=1, groups=1"
FOUR = f"in_channels=4, out_channels=4, {CONV}"
SAME = f"{{{FOUR}, bias=False}} : 4x8x8"
WITH_BIAS = SAME.replace("False", "True")
NORM = "{channels=4} : 4x8x8"

# The norm of `one` stands behind its convolution, those of the others before theirs.
BEFORE = f"""\
graph net(%input: 4x8x8) -> (out: %end) taps (low: %one.bn, high: %up)
block Unit(x) {{out_channels: int}} Unit.
block Pre(x) {{bias: int}} Pre.
block Idle(x) {{}} Idle.
scope one = Unit(%input) {{out_channels=4}} -> %one.bn
  %one.conv = conv(%input) {{in_channels=4, out_channels=4 `out_channels`, \
{CONV}, bias=False}} : 4x8x8
  %one.bn = batch_norm(%one.conv) {{channels=4 `out_channels`}} : 4x8x8
%act = relu(%one.bn) {{}} : 4x8x8
scope two = Pre(%act) {{bias=1}} -> %two.conv
  %two.bn = batch_norm(%act) {NORM}
  %two.conv = conv(%two.bn) {{{FOUR}, bias=True `bias`}} : 4x8x8
scope three = Pre(%two.conv) {{bias=0}} -> %three.conv
  %three.bn = batch_norm(%two.conv) {NORM}
  %three.relu = relu(%three.bn) {{}} : 4x8x8
  %three.conv = conv(%three.relu) {{{FOUR}, bias=False `bias`}} : 4x8x8
%up = conv_transpose(%three.conv) {{in_channels=4, out_channels=6, kernel_size=2, stride=2, \
padding=0, bias=False}} : 6x16x16
%wide = conv_transpose(%three.conv) {{in_channels=4, out_channels=6, kernel_size=2, stride=2, \
padding=0, bias=False}} : 6x16x16
%wide_bn = batch_norm(%wide) {{channels=6}} : 6x16x16
%end = add(%up, %wide_bn) {{}} : 6x16x16
"""

AFTER = f"""\
graph net(%input: 4x8x8) -> (out: %end) taps (low: %one.conv, high: %up)
block Unit(x) {{out_channels: int}} Unit.
block Pre(x) {{bias: int}} Pre.
scope one = Unit(%input) {{out_channels=4}} -> %one.conv
  %one.conv = conv(%input) {{in_channels=4, out_channels=4 `out_channels`, \
{CONV}, bias=True}} : 4x8x8
%act = relu(%one.conv) {{}} : 4x8x8
scope two = Pre(%act) {{bias=1}} -> %two.conv
  %two.bn = batch_norm(%act) {NORM}
  %two.conv = conv(%two.bn) {{{FOUR}, bias=True}} : 4x8x8
scope three = Pre(%two.conv) {{bias=0}} -> %three.conv
  %three.relu = relu(%two.conv) {{}} : 4x8x8
  %three.conv = conv(%three.relu) {{{FOUR}, bias=False `bias`}} : 4x8x8
%up = conv_transpose(%three.conv) {{in_channels=4, out_channels=6, kernel_size=2, stride=2, \
padding=0, bias=False}} : 6x16x16
%wide = conv_transpose(%three.conv) {{in_channels=4, out_channels=6, kernel_size=2, stride=2, \
padding=0, bias=True}} : 6x16x16
%end = add(%up, %wide) {{}} : 6x16x16
"""


def sound(text: str) -> Graph:
    graph = parse_graph(text)
    verify(graph)
    return graph


def test_the_graph_before_and_after() -> None:
    graph = sound(BEFORE)
    passed = run(graph, ["fold_batch_norm"])
    assert print_graph(passed.graph) == AFTER
    assert passed.rewrites == (
        Fold("one.bn", "one.conv", 0),
        Fold("three.bn", "two.conv", 0),
        Fold("wide_bn", "wide", 1),
    )
    assert print_graph(graph) == BEFORE


def test_once_is_enough() -> None:
    passed = run(sound(AFTER), ["fold_batch_norm"])
    assert (print_graph(passed.graph), passed.rewrites) == (AFTER, ())


HEAD = "graph net(%input: 4x8x8) -> (out: %end)"
UNIT = "block Unit(x) {} Unit.\n"
PRE = "block Pre(x) {} Pre.\n"
PAIR = f"%c = conv(%input) {SAME}\n%n = batch_norm(%c) {NORM}\n"
# The convolution of one block and the norm of the next, which are twice the same in a Sequential.
ROW = f"""\
scope row = Sequential(%input) {{count=2}} -> %row.1.conv
  scope row.0 = Pre(%input) {{}} -> %row.0.conv
    %row.0.bn = batch_norm(%input) {NORM}
    %row.0.conv = conv(%row.0.bn) {SAME}
  scope row.1 = Pre(%row.0.conv) {{}} -> %row.1.conv
    %row.1.bn = batch_norm(%row.0.conv) {NORM}
    %row.1.conv = conv(%row.1.bn) {SAME}
%n = batch_norm(%row.1.conv) {NORM}
%end = relu(%n) {{}} : 4x8x8
"""
KEPT = {
    "the convolution is read again": f"{HEAD}\n{PAIR}%end = add(%n, %c) {{}} : 4x8x8\n",
    "it is read by two norms": (
        f"{HEAD}\n{PAIR}%m = batch_norm(%c) {NORM}\n%end = add(%n, %m) {{}} : 4x8x8\n"
    ),
    "the convolution is a tap": f"{HEAD} taps (low: %c)\n{PAIR}%end = relu(%n) {{}} : 4x8x8\n",
    "the convolution is an output": (
        f"{HEAD.replace(')', ', raw: %c)').replace('8, raw: %c)', '8)')}\n{PAIR}"
        "%end = relu(%n) {} : 4x8x8\n"
    ),
    "the norm reads the image": (
        f"{HEAD}\n%n = batch_norm(%input) {NORM}\n%end = relu(%n) {{}} : 4x8x8\n"
    ),
    "a relu stands between": (
        f"{HEAD}\n%c = conv(%input) {SAME}\n%r = relu(%c) {{}} : 4x8x8\n"
        f"%n = batch_norm(%r) {NORM}\n%end = relu(%n) {{}} : 4x8x8\n"
    ),
    "the norm is another": (
        f"{HEAD}\n%c = conv(%input) {SAME}\n%n = group_norm(%c) {{groups=2, channels=4}} : 4x8x8\n"
        "%end = relu(%n) {} : 4x8x8\n"
    ),
    "blocks of a Sequential would differ": f"{HEAD}\n{PRE}{ROW}",
    "the block gives out the convolution": (
        f"{HEAD}\n{UNIT}scope b = Unit(%input) {{}} -> %b.c\n  %b.c = conv(%input) {SAME}\n"
        f"  %b.n = batch_norm(%b.c) {NORM}\n%end = relu(%b.c) {{}} : 4x8x8\n"
    ),
    "the block gives it out, though nobody reads it": (
        f"{HEAD}\n{UNIT}scope b = Unit(%input) {{}} -> %b.c\n  %b.c = conv(%input) {SAME}\n"
        f"  %b.n = batch_norm(%b.c) {NORM}\n%end = relu(%input) {{}} : 4x8x8\n"
    ),
    "a block gives out the norm of what it takes": (
        f"{HEAD}\n{UNIT}%c = conv(%input) {SAME}\nscope b = Unit(%c) {{}} -> %b.n\n"
        f"  %b.n = batch_norm(%c) {NORM}\n%end = relu(%b.n) {{}} : 4x8x8\n"
    ),
}


@pytest.mark.parametrize("why", KEPT)
def test_a_norm_is_kept(why: str) -> None:
    graph = sound(KEPT[why])
    passed = run(graph, ["fold_batch_norm"])
    assert passed.rewrites == ()
    assert print_graph(passed.graph) == KEPT[why]


def test_what_asks_only_for_the_size_does_not_hinder() -> None:
    end = "%u = upsample(%n, %c) {mode=nearest, factor=1} : 4x8x8\n%end = relu(%u) {} : 4x8x8\n"
    passed = run(sound(f"{HEAD}\n{PAIR}{end}"), ["fold_batch_norm"])
    folded = f"%c = conv(%input) {WITH_BIAS}\n{end.replace('%n', '%c')}"
    assert print_graph(passed.graph) == f"{HEAD}\n{folded}"


# A block of a Sequential whose two halves are blocks themselves: there both change alike.
INSIDE = f"""\
{HEAD}
block Outer(x) {{}} Outer.
{UNIT}{PRE}scope row = Sequential(%input) {{count=2}} -> %row.1.b.r
  scope row.0 = Outer(%input) {{}} -> %row.0.b.r
    scope row.0.a = Unit(%input) {{}} -> %row.0.a.c
      %row.0.a.c = conv(%input) {SAME}
    scope row.0.b = Pre(%row.0.a.c) {{}} -> %row.0.b.r
      %row.0.b.n = batch_norm(%row.0.a.c) {NORM}
      %row.0.b.r = relu(%row.0.b.n) {{}} : 4x8x8
  scope row.1 = Outer(%row.0.b.r) {{}} -> %row.1.b.r
    scope row.1.a = Unit(%row.0.b.r) {{}} -> %row.1.a.c
      %row.1.a.c = conv(%row.0.b.r) {SAME}
    scope row.1.b = Pre(%row.1.a.c) {{}} -> %row.1.b.r
      %row.1.b.n = batch_norm(%row.1.a.c) {NORM}
      %row.1.b.r = relu(%row.1.b.n) {{}} : 4x8x8
%end = relu(%row.1.b.r) {{}} : 4x8x8
"""


def test_blocks_of_a_sequential_stay_alike() -> None:
    """And are written as one class of each kind: the network has 2 * (4 * 4 + 4) parameters."""
    passed = run(sound(INSIDE), ["fold_batch_norm"])
    folds = [each for each in passed.rewrites if isinstance(each, Fold)]
    assert [fold.norm for fold in folds] == ["row.0.b.n", "row.1.b.n"]
    total = below(costs(passed.graph), "")
    assert total.parameters == 40
    text = emit(passed.graph, "0" * 64, total, ["fold_batch_norm"])
    assert [line for line in text.splitlines() if line.startswith("class ")] == [
        "class Unit(nn.Module):",
        "class Pre(nn.Module):",
        "class Outer(nn.Module):",
        "class Net(nn.Module):",
    ]
    assert "self.row = nn.Sequential(*(Outer() for _ in range(2)))" in text
