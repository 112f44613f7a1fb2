"""`fishcompile draw`: files by their endings, what is refused, and specs that do not hold."""

from __future__ import annotations

from pathlib import Path

import pytest

import fishcompile
from tests.cli.conftest import Run
from tests.nets import shipped
from tests.pictures.test_files import BROKEN

FISH = str(shipped("fishnet_nano"))


@pytest.mark.parametrize(
    ("name", "start"),
    [("a.svg", b"<svg"), ("a.mmd", b"flowchart"), ("a.PNG", b"\x89PNG"), ("a.pdf", b"%PDF")],
)
def test_a_picture_is_what_its_name_says(run: Run, tmp_path: Path, name: str, start: bytes) -> None:
    file = tmp_path / name
    assert run("draw", FISH, "-o", str(file)).code == 0
    assert file.read_bytes().startswith(start)
    assert run("draw", FISH, "-o", str(file)).code == 0  # again, over itself


def test_standard_output_has_the_svg_or_the_chart(run: Run) -> None:
    assert run("draw", FISH).out.startswith("<svg")
    assert run("draw", FISH, "--format", "mermaid").out.startswith("flowchart")


def test_a_spec_that_does_not_hold_is_drawn_and_told(run: Run, tmp_path: Path) -> None:
    spec, file = tmp_path / "broken.yaml", tmp_path / "broken.svg"
    spec.write_text(BROKEN, encoding="utf-8")
    result = run("draw", str(spec), "-o", str(file))
    assert result.code == 1
    assert "FC303" in result.out + result.err
    assert "do not match" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([FISH, "-o", "fish"], "does not say what picture"),
        ([FISH, "--format", "png"], "-o fishnet_nano.png"),
        ([FISH, "--format", "sgv"], "did you mean svg?"),
        ([FISH, "--theme", "drak"], "did you mean dark?"),
        ([FISH, "-o", "not/there/fish.svg"], "mkdir -p"),
        (["no.yaml"], "no.yaml"),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    run: Run, arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("draw", *arguments)
    assert result.code == 2
    assert said in result.out + result.err
    assert list(tmp_path.iterdir()) == []


def test_a_picture_goes_onto_no_spec(run: Run, tmp_path: Path) -> None:
    spec = tmp_path / "fish.yaml"
    text = shipped("fishnet_nano").read_bytes()
    spec.write_bytes(text)
    for asked in ([], ["--format", "svg"]):
        assert run("draw", str(spec), "-o", str(spec), *asked).code == 2
    assert spec.read_bytes() == text


def test_a_spec_shows_itself_in_a_notebook() -> None:
    shown = fishcompile.load(FISH)
    html = shown._repr_html_()
    assert html.startswith("<svg")
    assert "body3" in html.partition("<pre>")[2]
    assert shown.report.ok
    assert str(shown) == shown.table


def test_a_broken_one_shows_itself_too(tmp_path: Path) -> None:
    spec = tmp_path / "broken.yaml"
    spec.write_text(BROKEN, encoding="utf-8")
    shown = fishcompile.load(spec)
    assert not shown.report.ok
    assert "do not match" in shown._repr_html_()
