"""`defaults` of blocks, norms and activations: who gets them, and whose word wins."""

from __future__ import annotations

from fishcompile.language.defaults import apply_defaults
from fishcompile.language.fish_spec import FishSpec
from fishcompile.language.parse import parse_spec
from fishcompile.language.spec import BATCH, BlockSpec, NormSpec
from fishcompile.reader.read import read_text

FISH = """\
fishspec: 2
name: fish
stem:
  c1: {kind: conv, out: 16, stride: 2}
  c2: {kind: conv, out: 16, norm: none, act: none}
  pool: {kind: max_pool}
tail:
  t1: {out: 32, blocks: 1}
  t2: {out: 32, blocks: 1, block: BLOCK}
bridge: {out: 32, blocks: 1}
classifier: {classes: 5}
"""


def spec(defaults: str, block: str = "{}") -> FishSpec:
    text = FISH.replace("BLOCK", block) + f"defaults: {defaults}\n"
    return parse_spec(apply_defaults(read_text(text, "fish.yaml")))


def test_norm_and_act_reach_every_part() -> None:
    fish = spec("{norm: group, act: silu}")
    assert fish.bridge is not None
    assert fish.classifier is not None
    parts = (fish.stem[0], fish.tail[0].block, fish.bridge.block, fish.classifier)
    assert {(part.norm, part.act) for part in parts} == {(NormSpec("group", 16), "silu")}


def test_what_a_part_writes_itself_wins_and_poolings_have_neither() -> None:
    fish = spec("{norm: {channels: 8}, act: gelu}", "{act: relu, norm: {kind: batch}}")
    assert (fish.stem[1].norm.kind, fish.stem[1].act) == ("none", "none")
    assert (fish.stem[2].norm, fish.stem[2].act) == (BATCH, "relu")
    # a norm is chosen as a whole: no groups of 8 are left
    assert fish.tail[1].block == BlockSpec()
    assert fish.tail[0].block == BlockSpec(norm=NormSpec("group", 8), act="gelu")


def test_the_nearer_default_wins() -> None:
    fish = spec("{act: gelu, block: {act: silu, se: 4}, tail: {block: {se: 8}}}")
    assert fish.bridge is not None
    assert fish.tail[0].block == BlockSpec(act="silu", se=8)
    assert fish.bridge.block == BlockSpec(act="silu", se=4)
    assert fish.stem[0].act == "gelu"


def test_what_a_block_would_not_read_is_no_default_for_it() -> None:
    defaults = "{block: {reduction: 2, reduction_of: in, groups: 2, order: act_first}}"
    wide = BlockSpec(reduction=2, reduction_of="in", groups=2, order="act_first")
    expected = {
        "{kind: bottleneck}": wide,
        "{group_width: 8}": BlockSpec(
            reduction=2, reduction_of="in", group_width=8, order="act_first"
        ),
        "{kind: basic}": BlockSpec(kind="basic", groups=2, order="act_first"),
        "{kind: resnet_basic}": BlockSpec(kind="resnet_basic", groups=2),
        "{norm: none}": BlockSpec(reduction=2, reduction_of="in", groups=2, norm=NormSpec("none")),
    }
    for block, read in expected.items():
        fish = spec(defaults, block)
        assert fish.tail[0].block == wide
        assert fish.tail[1].block == read
