"""Which blocks a network is made of: those, and no others, are rendered and go into the digest."""

from __future__ import annotations

import pytest

from fishcompile.language.fish_to_graph import stage_graph
from fishcompile.language.graph_form import graph_form
from fishcompile.language.parse import parse_spec
from fishcompile.language.stage_graph import StageGraph
from fishcompile.reader.read import read_text

SPEC = """\
fishspec: 2
name: net
blocks:
  unit: {parameters: {out: required}, graph: {conv: {kind: conv, out: out}}}
  row: {parameters: {out: required}, graph: {units: {kind: blocks, BLOCK, out: out, blocks: 2}}}
  other: {graph: {conv: {kind: conv, out: 8}}}
graph:
  first: {kind: row, out: 16, from: input}
outputs: {y: first}
"""


def stages(text: str) -> StageGraph:
    tree = read_text(text, "net.yaml")
    return stage_graph(parse_spec(tree), tree)


@pytest.mark.parametrize(
    "block", ["block: unit", "block: {kind: unit}", "block: {kind: unit, act: silu}"]
)
def test_what_a_row_inside_a_block_is_made_of(block: str) -> None:
    found = stages(SPEC.replace("BLOCK", block))
    assert [definition.name for definition in found.blocks] == ["unit", "row"]
    blocks = graph_form(found)[0]["blocks"]
    assert isinstance(blocks, dict)
    assert list(blocks) == ["unit", "row"]


def test_a_row_of_built_in_blocks_is_made_of_none() -> None:
    found = stages(SPEC.replace("BLOCK", "block: {kind: basic}"))
    assert [definition.name for definition in found.blocks] == ["row"]
