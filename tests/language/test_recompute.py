"""`recompute` in a spec: names that are none, and what has nothing to compute again."""

from __future__ import annotations

from pathlib import Path

import pytest

import fishcompile
from fishcompile.diagnostics.finding import SpecError
from tests.nets import write_minnow

# Of a fish whose head is one pooling, the finding's rule, its place and what is said.
POOLED = "{pool: {kind: max_pool, kernel: 2}}"
WRONG = {
    "[tail1, tial2]": ("FC203", "tial2", "no stage is named `tial2`", "did you mean `tail2`?"),
    "preect": ("FC112", "preect", "one of `preact` or `stages`, or a list of names", "`preact`"),
    "[]": ("FC112", "[]", "or a list of names, got an empty list", "for example"),
    "tail1": ("FC112", "tail1", "must be one of `preact` or `stages`", "`recompute: [tail1]`"),
}


@pytest.mark.parametrize("written", WRONG)
def test_a_wrong_value_is_found_where_it_stands(written: str, tmp_path: Path) -> None:
    path = write_minnow(tmp_path, {"recompute": written})
    (found,) = fishcompile.check(path).diagnostics
    rule, place, message, help_ = WRONG[written]
    assert found.rule == rule
    assert found.span.text == place
    assert message in found.message
    assert any(help_ in line for line in found.help)


def test_what_has_nothing_to_recompute_is_refused(tmp_path: Path) -> None:
    nodes = {"graph": POOLED, "classifier": None, "taps": "{end: pool}"}
    path = write_minnow(tmp_path, {**nodes, "recompute": "[tail1, pool]"})
    (found,) = fishcompile.check(path).diagnostics
    assert (found.rule, found.span.text) == ("FC206", "pool")
    assert "one operation" in found.message
    path = write_minnow(tmp_path, {"defaults": "{norm: none}", "recompute": "preact"})
    (found,) = fishcompile.check(path).diagnostics
    assert found.rule == "FC206"
    assert "nowhere a norm before a convolution" in found.message


def test_a_variant_inherits_it_and_may_take_it_away(tmp_path: Path) -> None:
    write_minnow(tmp_path, {"recompute": "stages"}, "base")
    for words, held in (("", True), ("recompute: null\n", False)):
        variant = tmp_path / "variant.yaml"
        variant.write_text(f"fishspec: 2\nname: variant\nextends: base.yaml\n{words}", "utf-8")
        assert ("_recomputed(self.tail1" in fishcompile.emit(variant)) == held


def test_python_takes_words_and_lists(tmp_path: Path) -> None:
    path = write_minnow(tmp_path)
    with pytest.raises(SpecError, match="no stage is named `tail9`"):
        fishcompile.compile(path, recompute=["tail9"])
    with pytest.raises(SpecError, match="recompute"):
        fishcompile.compile(path, recompute=[])
