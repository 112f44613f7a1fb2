"""The report in a browser: what hovering, the slider and sorting show is what `show` prints."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conftest import run
from tests.nets import shipped

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.cli.conftest import Run

__all__ = ["run"]  # a fixture of the command line


@pytest.fixture
def shown(run: Run) -> Callable[..., Any]:
    """The first network of `show --format json`, by stage."""

    def call(name: str, *arguments: str) -> Any:
        done = run("show", shipped(name), "--by", "stage", "--format", "json", *arguments)
        return json.loads(done.out)["networks"][0]

    return call


@pytest.fixture
def report(run: Run, tmp_path: Path) -> Callable[..., str]:
    """The address of a report of specs."""

    def call(*names: str) -> str:
        file = tmp_path / "report.html"
        assert run("report", *(shipped(name) for name in names), "-o", file).code == 0
        return file.as_uri()

    return call


def stage(page: Page, spec: str, name: str) -> list[str]:
    """The cells of a stage's row."""
    row = page.locator(f'section[data-spec="{spec}"] .stages tbody tr', has_text=re.compile(name))
    return row.first.locator("td").all_inner_texts()


def move_to(page: Page, side: int) -> None:
    """Moves the slider to a size as the keyboard does, a step at a time."""
    page.focus("#side")
    page.keyboard.press("Home")
    for _ in range(200):
        if page.inner_text("#shown") == f"{side}x{side}":
            return
        page.keyboard.press("ArrowRight")
    raise AssertionError(page.inner_text("#shown"))


def test_pointing_and_tabbing_show_what_show_prints(
    page: Page, report: Callable[..., str], shown: Callable[..., Any]
) -> None:
    page.goto(report("fishnet99"))
    found = {row["name"]: row for row in shown("fishnet99")["rows"]}
    page.locator('g[data-stages="body2"]').hover()
    detail = page.inner_text(".detail")
    assert detail.startswith("body2 (fishnet99.yaml:")
    assert f"output {found['body2']['output']}" in detail
    assert f"MACs {found['body2']['macs']:,}" in detail
    page.locator('g[data-stages="head3"]').focus()
    assert f"parameters {found['head3']['parameters']:,}" in page.inner_text(".detail")
    line = re.search(r"fishnet99\.yaml:(\d+)", page.inner_text(".detail"))
    assert line is not None
    written = shipped("fishnet99").read_text(encoding="utf-8").splitlines()
    assert written[int(line[1]) - 1].lstrip().startswith("head3:")


def test_the_slider_moves_shapes_and_costs(
    page: Page, report: Callable[..., str], shown: Callable[..., Any]
) -> None:
    page.goto(report("fishnet99"))
    for side in (320, 448):
        move_to(page, side)
        for row in shown("fishnet99", "--size", str(side))["rows"]:
            cells = stage(page, "fishnet99", f"^{row['name']}")
            assert cells[2] == row["output"]
            assert cells[4] == f"{row['macs']:,}"
            assert cells[9] == f"{row['memory'] / 1e6:,.2f}"
    sides = page.locator('[data-sides="tail3"]').first.text_content()
    assert sides == "14"  # 448 / 32
    page.click("#own")
    assert stage(page, "fishnet99", "^tail3")[2] == "512x7x7"


def test_a_size_that_does_not_hold_is_grey_and_said(page: Page, report: Callable[..., str]) -> None:
    """FishNet-99 takes images from 29 pixels, a U-Net that crops what it joins from 16."""
    page.goto(report("unet", "fishnet99"))
    fish = page.locator('section[data-spec="fishnet99"]')
    unet = page.locator('section[data-spec="unet"]')
    move_to(page, 29)
    assert not fish.locator(".refused").is_visible()
    move_to(page, 28)
    assert "28x28 is refused at" in fish.locator(".refused").inner_text()
    assert float(fish.locator(".picture").evaluate("e => getComputedStyle(e).opacity")) < 0.5
    assert not unet.locator(".refused").is_visible()


def test_tables_sort_by_their_numbers(
    page: Page, report: Callable[..., str], shown: Callable[..., Any]
) -> None:
    page.goto(report("resnet50"))
    head = page.locator(".stages thead button", has_text="parameters")
    head.click()
    head.click()
    rows = page.locator(".stages tbody tr")
    names = [rows.nth(at).locator("td").first.inner_text() for at in range(rows.count())]
    found = shown("resnet50")["rows"]
    by_hand = sorted(found, key=lambda row: -row["parameters"])
    assert names[:3] == [row["name"] for row in by_hand[:3]]
    assert names[-1] == "total"
    assert page.locator('.stages th[aria-sort="descending"]').count() == 1


def test_several_stand_side_by_side_with_their_front(
    page: Page, report: Callable[..., str], shown: Callable[..., Any]
) -> None:
    names = ("fishnet99", "fishnet150", "resnet50")
    page.goto(report(*names))
    totals = {name: shown(name)["total"] for name in names}
    front = {
        name
        for name, own in totals.items()
        if not any(
            other["macs"] < own["macs"] and other["parameters"] < own["parameters"]
            for other in totals.values()
        )
    }
    filled = page.locator("#plot circle.front title").all_text_contents()
    assert {title.partition(":")[0] for title in filled} == front
    assert page.locator("#plot circle").count() == 3
    cells = page.locator("#figures tbody tr", has_text=re.compile("^parameters")).first
    assert cells.locator("td").all_inner_texts()[1:] == [
        f"{totals[name]['parameters']:,}" for name in names
    ]


def test_it_asks_for_nothing(page: Page, report: Callable[..., str]) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    address = report("fishnet99", "unet")
    page.goto(address)
    page.wait_for_load_state("networkidle")
    assert asked == [address]


def test_words_are_legible_in_light_and_dark(page: Page, report: Callable[..., str]) -> None:
    """WCAG AA, 4.5 to 1, of what the browser computed for each text of the page."""
    address = report("fishnet99", "unet")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto(address)
        colours = page.evaluate(_COLOURS)
        assert len(colours) > 20
        for text, ink, ground in colours:
            assert contrast(ink, ground) >= 4.5, (scheme, text, ink, ground)


# each text's own colour and the one behind it
_COLOURS = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    const element = walker.currentNode.parentElement;
    const passed = !text || element.closest("script, style, svg, [hidden]");
    if (passed || !element.checkVisibility()) continue;
    const ground = (e) => getComputedStyle(e).backgroundColor;
    let behind = element;
    while (behind !== document.body && ground(behind) === "rgba(0, 0, 0, 0)") {
      behind = behind.parentElement;
    }
    found.push([text, getComputedStyle(element).color, ground(behind)]);
  }
  return found;
}"""


def contrast(a: str, b: str) -> float:
    """By the definition of WCAG."""
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    parts = [int(n) / 255 for n in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
