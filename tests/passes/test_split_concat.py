"""What split_concat and delay_upsampling make of small nets, worked out by hand."""

from __future__ import annotations

import pytest

from fishcompile.ir.graph import Graph
from fishcompile.ir.text import parse_graph, print_graph
from fishcompile.ir.verify import verify
from fishcompile.passes import run
from fishcompile.passes.base import Renamed, Split

ONE = "kernel_size=1, stride=1, padding=0, dilation=1, groups=1"
HEAD = "graph net(%input: 4x8x8) -> (out: %end)"
LOW = "%low = max_pool(%input) {kernel_size=2, stride=2, padding=0} : 4x4x4\n"
UP = "%up = upsample(%low, %input) {mode=nearest, factor=2} : 4x8x8\n"
# A norm, an activation and a convolution in a block of their own read what is joined.
BEFORE = f"""\
{HEAD}
block Pre(x) {{out: int}} Pre.
{LOW}{UP}%both = concat(%up, %input) {{}} : 8x8x8
scope pre = Pre(%both) {{out=2}} -> %pre.conv
  %pre.bn = batch_norm(%both) {{channels=8}} : 8x8x8
  %pre.relu = relu(%pre.bn) {{}} : 8x8x8
  %pre.conv = conv(%pre.relu) {{in_channels=8, out_channels=2 `out`, {ONE}, bias=True}} : 2x8x8
%end = relu(%pre.conv) {{}} : 2x8x8
"""
SPLIT = f"""\
{HEAD}
{LOW}{UP}%both = concat(%up, %input) {{}} : 8x8x8
%pre_bn_0 = batch_norm(%up) {{channels=4}} : 4x8x8
%pre_bn_1 = batch_norm(%input) {{channels=4}} : 4x8x8
%pre_relu_0 = relu(%pre_bn_0) {{}} : 4x8x8
%pre_relu_1 = relu(%pre_bn_1) {{}} : 4x8x8
%pre_conv_0 = conv(%pre_relu_0) {{in_channels=4, out_channels=2, {ONE}, bias=True}} : 2x8x8
%pre_conv_1 = conv(%pre_relu_1) {{in_channels=4, out_channels=2, {ONE}, bias=False}} : 2x8x8
%pre_conv_sum = add(%pre_conv_0, %pre_conv_1) {{}} : 2x8x8
%end = relu(%pre_conv_sum) {{}} : 2x8x8
"""
DELAYED = f"""\
{HEAD}
{LOW}%pre_bn_0 = batch_norm(%low) {{channels=4}} : 4x4x4
%pre_bn_1 = batch_norm(%input) {{channels=4}} : 4x8x8
%pre_relu_0 = relu(%pre_bn_0) {{}} : 4x4x4
%pre_relu_1 = relu(%pre_bn_1) {{}} : 4x8x8
%pre_conv_0 = conv(%pre_relu_0) {{in_channels=4, out_channels=2, {ONE}, bias=True}} : 2x4x4
%pre_conv_0_up = upsample(%pre_conv_0, %input) {{mode=nearest, factor=2}} : 2x8x8
%pre_conv_1 = conv(%pre_relu_1) {{in_channels=4, out_channels=2, {ONE}, bias=False}} : 2x8x8
%pre_conv_sum = add(%pre_conv_0_up, %pre_conv_1) {{}} : 2x8x8
%end = relu(%pre_conv_sum) {{}} : 2x8x8
"""


def sound(text: str) -> Graph:
    graph = parse_graph(text)
    verify(graph)
    return graph


def without_taps(text: str) -> str:
    """The one feature was what `pre` gives, and keeps its name."""
    assert " taps (pre: %pre_conv_sum)" in text
    return text.replace(" taps (pre: %pre_conv_sum)", "")


def test_a_convolution_of_two_maps_is_a_sum() -> None:
    passed = run(sound(BEFORE), ["split_concat", "drop_unread"])
    assert without_taps(print_graph(passed.graph)) == SPLIT.replace(
        "%both = concat(%up, %input) {} : 8x8x8\n", ""
    )
    assert passed.rewrites == (
        Renamed(
            (("pre.bn", "pre_bn"), ("pre.relu", "pre_relu"), ("pre.conv", "pre_conv")),
        ),
        Split("pre_bn", (("pre_bn_0", 0, 4), ("pre_bn_1", 4, 8)), 0),
        Split("pre_conv", (("pre_conv_0", 0, 4), ("pre_conv_1", 4, 8)), 1),
    )


def test_what_is_done_to_each_pixel_goes_before_the_up_sampling() -> None:
    passed = run(sound(BEFORE), ["split_concat", "delay_upsampling", "drop_unread"])
    assert without_taps(print_graph(passed.graph)) == DELAYED


JOIN = "%both = concat(%input, %input) {} : 8x8x8\n"
CONV = f"%c = conv(%both) {{in_channels=8, out_channels=2, {ONE}, bias=False}} : 2x8x8\n"
END = "%end = relu(%c) {} : 2x8x8\n"
GROUPS = CONV.replace("groups=1", "groups=2").replace("in_channels=8", "in_channels=8")
KEPT = {
    "the joined map is a tap": f"{HEAD} taps (x: %both)\n{JOIN}{CONV}{END}",
    "the convolution has groups": f"{HEAD}\n{JOIN}{GROUPS}{END}",
    "another reads the joined map": (
        f"{HEAD}\n{JOIN}{CONV}%s = channel_sum(%both) {{k=4}} : 2x8x8\n"
        "%end = add(%c, %s) {} : 2x8x8\n"
    ),
    "the norm between is a group norm": (
        f"{HEAD}\n{JOIN}%n = group_norm(%both) {{groups=2, channels=8}} : 8x8x8\n"
        f"{CONV.replace('%both', '%n')}{END}"
    ),
    "a wide convolution of an up-sampled map that another reads": (
        f"{HEAD}\n{LOW}{UP}%both = concat(%up, %input) {{}} : 8x8x8\n"
        "%c = conv(%both) {in_channels=8, out_channels=8, kernel_size=3, stride=1, padding=1, "
        "dilation=1, groups=1, bias=False} : 8x8x8\n%end = add(%c, %both) {} : 8x8x8\n"
    ),
    "the pixels of an up-sampling are mixed": (
        f"{HEAD}\n{LOW}%up = upsample(%low, %input) {{mode=bilinear, factor=2}} : 4x8x8\n"
        "%c = conv(%up) {in_channels=4, out_channels=2, "
        f"{ONE}, bias=False}} : 2x8x8\n{END}"
    ),
    "the size of what follows an up-sampling is asked for": (
        f"{HEAD}\n{LOW}{UP}%r = relu(%up) {{}} : 4x8x8\n"
        "%a = upsample(%low, %up) {mode=nearest, factor=2} : 4x8x8\n"
        "%end = add(%a, %r) {} : 4x8x8\n"
    ),
}


@pytest.mark.parametrize("why", KEPT)
def test_it_is_left_alone(why: str) -> None:
    passed = run(sound(KEPT[why]), ["split_concat", "delay_upsampling"])
    assert print_graph(passed.graph) == KEPT[why]
    assert passed.rewrites == ()


def test_an_up_sampling_that_others_read_is_done_again_of_fewer_channels() -> None:
    text = (
        f"{HEAD} taps (x: %up)\n{LOW}{UP}"
        f"%c = conv(%up) {{in_channels=4, out_channels=2, {ONE}, bias=False}} : 2x8x8\n{END}"
    )
    passed = run(sound(text), ["delay_upsampling"])
    lines = print_graph(passed.graph).splitlines()
    assert lines[1:] == [
        *f"{LOW}{UP}".splitlines(),
        f"%c = conv(%low) {{in_channels=4, out_channels=2, {ONE}, bias=False}} : 2x4x4",
        "%end = relu(%c) {} : 2x4x4",
        "%end_up = upsample(%end, %input) {mode=nearest, factor=2} : 2x8x8",
    ]
    assert passed.graph.outputs == (("out", "end_up"),)


def test_duplicates_and_what_nobody_reads() -> None:
    text = (
        f"{HEAD}\n%a = relu(%input) {{}} : 4x8x8\n%b = relu(%input) {{}} : 4x8x8\n"
        "%dead = conv(%a) {in_channels=4, out_channels=2, "
        f"{ONE}, bias=False}} : 2x8x8\n%end = add(%a, %b) {{}} : 4x8x8\n"
    )
    passed = run(sound(text), ["merge_duplicates", "drop_unread"])
    assert print_graph(passed.graph) == (
        f"{HEAD}\n%a = relu(%input) {{}} : 4x8x8\n%end = add(%a, %a) {{}} : 4x8x8\n"
    )
    assert [each.path for each in passed.rewrites] == ["dead"]  # type: ignore[union-attr]
