"""Values written as YAML come back as they were, however their text looks."""

from __future__ import annotations

import pytest

from fishcompile.reader.read import read_text
from fishcompile.reader.tree import Plain
from fishcompile.reader.write import flow

TEXTS = [
    "tail1", "a b", "a/b.yaml", "../base.yaml", "out // 2", "in_channels * (k + 1)", "*", "&a",
    "null", "Null", "NULL", "true", "True", "FALSE", "~", "", " a", "a ", "1", "1.5", "1e-3",
    "0x1F", ".inf", "-", "- a", "a: b", "a #b", "#", "[a]", "{a: b}", "a, b", "'a'", 'a "b"', "|",
    ">", "%a", "@a", "`a`", "!a", "a\nb", "a\tb", "\\", "\u9c7c", "\u202e",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_stays_that_text(text: str) -> None:
    written = f"a: {flow(text)}\nb: {flow([text, text])}\nc: {flow({'d': text})}\n"
    value = read_text(written, "x.yaml").value
    assert value == {"a": text, "b": [text, text], "c": {"d": text}}


@pytest.mark.parametrize("value", [None, True, False, 0, -3, 1.5, [], [1, [2]], {"a": {"b": [3]}}])
def test_what_is_no_text_stays_what_it_is(value: Plain) -> None:
    found = read_text(f"a: {flow(value)}\n", "x.yaml").value["a"]
    assert (found, type(found)) == (value, type(value))


def test_a_plain_word_needs_no_quotes() -> None:
    assert flow({"from": ["tail1", "a b"], "none": "Null"}) == '{from: [tail1, a b], none: "Null"}'
