"""docs/gradients.md is what the graphs of the specs say, beside norms that were measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.nets import docs_script


def test_the_page_is_current() -> None:
    assert docs_script("generate_gradients").main(["--check"]) is None


def test_a_stale_page_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = docs_script("generate_gradients")
    monkeypatch.setattr(script, "PAGE", tmp_path / "gradients.md")
    assert script.main(["--check"]) == "not current; run docs/generate_gradients.py"
    assert script.main([]) is None
    assert script.main(["--check"]) is None


def test_a_norm_is_there_for_the_stages_of_the_fish() -> None:
    """Those of the fish are modules, every one."""
    text = docs_script("generate_gradients").PAGE.read_text(encoding="utf-8")
    fish = text.partition("## FishNet-99")[2].partition("## ")[0]
    rows = [line for line in fish.splitlines() if line.startswith("| ")][2:]
    assert len(rows) == 11
    assert all(float(row.rstrip(" |").rpartition("|")[2]) > 0 for row in rows)
