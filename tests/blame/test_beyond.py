"""Findings that do not depend on each other come in one run; what depends on one is not told."""

from __future__ import annotations

import pytest

from fishcompile.pipeline import check_texts

FISH = """\
fishspec: 2
name: whale
input: {channels: 3, size: 256}
stem:
  conv1: {kind: conv, out: 32, stride: 2}
  conv2: {kind: conv, out: 64}
tail:
  tail1: {out: 128, blocks: 2}
  tail2: {out: 256, blocks: 2}
  tail3: {out: 512, blocks: 4}
bridge: {out: 512, blocks: 2}
body:
  body3: {blocks: 1, transfer: {from: tail2}}
  body2: {blocks: 1, k: 2, transfer: {from: tail1}}
  body1: {blocks: 1, k: 2, transfer: {from: stem}}
head:
  head1: {blocks: 1, transfer: {from: body2}}
  head2: {blocks: 1, transfer: {from: body3}}
  head3: {blocks: 2, transfer: {from: bridge}}
classifier: {classes: 100}
"""


def found(*edits: tuple[str, str]) -> list[tuple[str, int]]:
    text = FISH
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    report = check_texts({"whale.yaml": text}, "whale.yaml")
    return [(one.rule, one.span.line) for one in report.diagnostics if one.severity == "error"]


BAD_KEY = ("blocks: 4", "bloks: 4")
BAD_NAME = ("from: tail2}", "from: tial2}")
BAD_K = ("k: 2, transfer: {from: stem}", "k: 3, transfer: {from: stem}")


def test_a_key_a_name_and_a_k() -> None:
    assert found(BAD_KEY, BAD_NAME, BAD_K) == [("FC110", 10), ("FC203", 13), ("FC302", 15)]


def test_each_pair_of_them() -> None:
    assert found(BAD_KEY, BAD_NAME) == [("FC110", 10), ("FC203", 13)]
    assert found(BAD_KEY, BAD_K) == [("FC110", 10), ("FC302", 15)]
    assert found(BAD_NAME, BAD_K) == [("FC203", 13), ("FC302", 15)]


def test_what_was_assumed_is_said() -> None:
    text = FISH.replace(*BAD_NAME).replace(*BAD_K)
    report = check_texts({"whale.yaml": text}, "whale.yaml")
    assert report.diagnostics[1].notes[-1] == "with `tail2` for `tial2`"


@pytest.mark.parametrize(
    ("edits", "rules"),
    [
        # the count of blocks changes no shape, wherever it is wrong
        ([("blocks: 4", "blocks: -4"), BAD_K], [("FC112", 10), ("FC302", 15)]),
        ([("out: 512, blocks: 4", "out: 512"), BAD_NAME], [("FC111", 10), ("FC203", 13)]),
        # names do not depend on widths
        ([("tail1: {out: 128", "tail1: {out: -128"), BAD_NAME], [("FC112", 8), ("FC203", 13)]),
        # what body1 takes in does: all of it comes by way of tail1
        ([("tail1: {out: 128", "tail1: {out: -128"), BAD_K], [("FC112", 8)]),
        ([("out: 64}", "out: x}"), BAD_K], [("FC112", 6)]),
        ([("size: 256", "size: big"), BAD_K], [("FC112", 3)]),
        # a name that may be any: which skip it is decides what follows
        ([("from: tail2}", "from: elsewhere}"), BAD_K], [("FC203", 13)]),
        # a section under another name may hold any stage
        ([("bridge: {out", "brdg: {out"), ("from: tail1}", "from: t9}")], [("FC110", 11)]),
    ],
)
def test_what_depends_on_a_mistake_is_not_told(
    edits: list[tuple[str, str]], rules: list[tuple[str, int]]
) -> None:
    assert found(*edits) == rules


def test_a_spec_without_shapes_is_as_it_was() -> None:
    assert found(BAD_KEY) == [("FC110", 10)]
    assert found() == []
