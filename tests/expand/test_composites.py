"""Composite blocks by hand: what their inputs, `when` and `repeat` mean for shapes and weights."""

from __future__ import annotations

from pathlib import Path

import torch

from fishcompile.pipeline import Analysis, compiled
from fishcompile.targets.module import network

HEAD = "fishspec: 2\nname: net\ninput: {size: 16}\nblocks:\n"


def analysed(folder: Path, blocks: str, graph: str) -> Analysis:
    path = folder / "net.yaml"
    path.write_text(f"{HEAD}{blocks}graph:\n{graph}outputs: {{y: last}}\n", "utf-8")
    return compiled(path)


def test_an_input_may_be_read_for_its_width_alone(tmp_path: Path) -> None:
    analysis = analysed(
        tmp_path,
        "  matched:\n    inputs: [x, like]\n    graph:\n"
        "      conv: {kind: conv, from: x, out: like_channels, kernel: 1, norm: none, act: none}\n",
        "  c1: {kind: conv, from: input, out: 16}\n"
        "  c2: {kind: conv, from: c1, out: 8}\n"
        "  last: {kind: matched, from: [c1, c2]}\n",
    )
    assert analysis.inference.stages["last"].output.shape == (8, 16, 16)
    weight = network(analysis).get_parameter("last.conv.weight")
    assert weight.shape == (8, 16, 1, 1)


def test_what_reads_a_node_that_is_left_out_reads_its_first_input(tmp_path: Path) -> None:
    blocks = (
        "  maybe:\n    parameters: {down: required}\n    graph:\n"
        "      pool: {kind: max_pool, when: down}\n"
        "      again: {kind: max_pool, when: down - 1}\n"
        "      conv: {kind: conv, out: in_channels * 2, norm: none, act: none}\n"
    )
    for down, side in ((0, 16), (1, 8), (2, 4)):
        analysis = analysed(
            tmp_path, blocks, f"  last: {{kind: maybe, from: input, down: {down}}}\n"
        )
        assert analysis.inference.stages["last"].output.shape == (6, side, side)
        assert analysis.total.parameters == 3 * 6 * 9 + 6


def test_a_repeated_block_is_a_row_of_its_own_weights(tmp_path: Path) -> None:
    analysis = analysed(
        tmp_path,
        "  unit:\n    parameters: {out: 8}\n    graph:\n"
        "      conv: {kind: conv, out: out, kernel: 1, norm: none, act: none}\n",
        "  last: {kind: unit, from: input, repeat: 3}\n",
    )
    assert analysis.total.parameters == (3 * 8 + 8) + 2 * (8 * 8 + 8)
    model = network(analysis)
    x = torch.randn(1, 3, 16, 16)
    expected = x
    for index in range(3):
        conv = model.get_submodule(f"last.{index}.conv")
        expected = conv(expected)
    assert torch.equal(model(x), expected)
