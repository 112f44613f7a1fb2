"""docs/pictures.md and the pictures beside it are what `draw` makes of the specs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.nets import SPECS, docs_script


def test_the_pictures_are_current() -> None:
    assert docs_script("generate_pictures").main(["--check"]) is None


def test_every_spec_has_its_picture() -> None:
    script = docs_script("generate_pictures")
    text = script.PAGE.read_text(encoding="utf-8")
    for spec in SPECS.glob("*.yaml"):
        assert f"(pictures/{spec.stem}.svg)" in text
    drawn = {path.stem for path in script.FOLDER.glob("*.svg")}
    assert drawn == {spec.stem for spec in SPECS.glob("*.yaml")} | {"broken"}


def test_a_stale_picture_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = docs_script("generate_pictures")
    monkeypatch.setattr(script, "PAGE", tmp_path / "pictures.md")
    message = script.main(["--check"])
    assert message == "not current: pictures.md; run docs/generate_pictures.py"
