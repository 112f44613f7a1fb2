"""The name that is meant: how far one may be off for advice, and for a fix without asking."""

from __future__ import annotations

import pytest

from fishcompile.diagnostics.nearest import edit_distance, nearest, surely


@pytest.mark.parametrize(
    ("word", "name", "edits"),
    [("out", "out", 0), ("otu", "out", 1), ("ot", "out", 1), ("outt", "out", 1), ("oit", "out", 1),
     ("Out", "out", 0), ("uto", "out", 2), ("", "out", 3), ("kitten", "sitting", 3)],
)  # fmt: skip
def test_edits_counted_by_hand(word: str, name: str, edits: int) -> None:
    assert edit_distance(word, name) == edit_distance(name, word) == edits


@pytest.mark.parametrize(
    ("word", "names", "meant"),
    [
        ("otu", ["out", "up"], "out"),
        ("uto", ["out", "up"], None),  # two edits, and three letters
        ("dilatoin", ["dilation"], "dilation"),
        ("dialtoin", ["dilation"], "dilation"),  # two edits, and eight letters
        ("idaltino", ["dilation"], None),
        ("tial1", ["tail1", "tail2"], "tail1"),
        ("tail3", ["tail1", "tail2"], None),
        ("tail11", ["tail1"], None),  # a digit is no mistake
        ("boby", ["body", "bobs"], None),  # which of them?
        ("u", ["up"], None),
    ],
)
def test_what_is_sure(word: str, names: list[str], meant: str | None) -> None:
    assert surely(word, names) == meant


def test_advice_is_given_more_freely_but_not_for_anything() -> None:
    assert nearest("kernel_size", ["kind", "kernel"]) == "kernel"
    assert nearest("uto", ["up", "out"]) == "out"
    assert nearest("quux", ["out", "kind"]) is None
    assert nearest("out", ["out"]) is None
