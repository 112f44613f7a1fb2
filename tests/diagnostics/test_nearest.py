"""The name that is meant: how far one may be off for advice, and for a fix without asking."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcompile.diagnostics.nearest import edit_distance, nearest, surely


@pytest.mark.parametrize(
    ("word", "name", "edits"),
    [("out", "out", 0), ("otu", "out", 1), ("ot", "out", 1), ("outt", "out", 1), ("oit", "out", 1),
     ("Out", "out", 0), ("uto", "out", 2), ("", "out", 3), ("kitten", "sitting", 3)],
)  # fmt: skip
def test_edits_counted_by_hand(word: str, name: str, edits: int) -> None:
    assert edit_distance(word, name) == edit_distance(name, word) == edits


def by_definition(word: str, name: str) -> int:
    """Optimal string alignment as it is defined, letter by letter from the end."""

    @cache
    def at(i: int, j: int) -> int:
        if not i or not j:
            return i + j
        least = min(
            at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (word[i - 1] != name[j - 1])
        )
        if i > 1 and j > 1 and word[i - 2 : i] == name[j - 1] + name[j - 2]:
            least = min(least, at(i - 2, j - 2) + 1)
        return least

    return at(len(word), len(name))


WORDS = st.text("ab1", max_size=8)


@given(WORDS, WORDS)
def test_edits_are_those_of_the_definition(word: str, name: str) -> None:
    exact = by_definition(word, name)
    assert edit_distance(word, name) == exact
    for most in (0, 1, 2):
        found = edit_distance(word, name, most)
        assert found == exact if exact <= most else found > most


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
