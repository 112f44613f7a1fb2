"""`fishcompile report`: one file, whole or not at all; the browser's part is in tests/browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fishcompile.cli.report_data import sides_of
from fishcompile.pipeline import analyse
from tests.cli.conftest import Run
from tests.nets import shipped
from tests.pictures.test_files import BROKEN

TEN = (
    "fcn8s fishnet99 fishnet150 fishnet201 fishnext150 "
    "resnet50 seresnet50 unet vgg16 stacked_hourglass"
)


def test_it_stands_alone_and_without_scripts(run: Run, here: Path) -> None:
    assert run("report", shipped("fishnet99")).code == 0
    text = (here / "report.html").read_text(encoding="utf-8")
    foreign = r"(?:src|href)\s*=|url\(|@import|https?://(?!www\.w3\.org/2000/svg)"
    assert not re.search(foreign, text)
    page = text.partition('<script type="application/json"')[0]
    assert "16,628,904" in page  # the paper's table has 16.6 M
    assert "every height and width from 29" in page
    assert "<svg" in page


def test_the_same_bytes_every_time(run: Run, here: Path) -> None:
    for name in ("a.html", "b.html"):
        assert run("report", shipped("fishnet_nano"), shipped("unet"), "-o", name).code == 0
    assert Path(here, "a.html").read_bytes() == Path(here, "b.html").read_bytes()


@pytest.mark.slow
def test_ten_specs_take_less_than_two_megabytes(run: Run, here: Path) -> None:
    assert run("report", *map(shipped, TEN.split()), "-o", "ten.html").code == 0
    assert Path(here, "ten.html").stat().st_size < 2_000_000


def test_a_spec_that_does_not_hold_is_reported_and_told(run: Run, here: Path) -> None:
    Path(here, "broken.yaml").write_text(BROKEN, encoding="utf-8")
    result = run("report", "broken.yaml", shipped("unet"))
    assert result.code == 1
    text = Path(here, "report.html").read_text(encoding="utf-8")
    assert "broken.yaml:8: sum: 45x80 and 46x80 do not match" in text
    assert "31,030,658" in text  # of the U-Net beside it


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "report.txt"], ".html"),
        (["-o", "not/there.html"], "mkdir -p"),
        ([str(shipped("fishnet_nano"))], "named twice"),
    ],
)
def test_what_cannot_be_reported_is_refused(
    run: Run, here: Path, arguments: list[str], said: str
) -> None:
    result = run("report", shipped("fishnet_nano"), *arguments)
    assert result.code == 2
    assert said in result.out + result.err
    assert list(here.iterdir()) == []


def test_the_slider_has_the_least_size_and_the_one_that_is_none() -> None:
    """FishNet-99 takes images from 29 pixels on, by torch itself in tests/analysis."""
    sides = sides_of([analyse(shipped("fishnet99"))])
    assert {28, 29, 224, 448} <= set(sides)
    assert len(sides) < 40
