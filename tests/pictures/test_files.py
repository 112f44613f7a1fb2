"""Pictures as files: SVG that a browser and a reader by voice take, Mermaid, PNG and PDF."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from fishcompile.pictures import mermaid
from fishcompile.pictures.drawing import Drawing, Group, Line, Text
from fishcompile.pictures.files import picture
from fishcompile.pictures.svg import svg
from fishcompile.pictures.theme import COLOURS
from fishcompile.pipeline import analyse
from tests.nets import SPECS, shipped

NAMES = sorted(path.stem for path in SPECS.glob("*.yaml"))
SVG = "{http://www.w3.org/2000/svg}"

# 720 rows, halved five times and rounded up, are 23; twice that are 46, and the skip has 45
BROKEN = """\
fishspec: 2
name: broken
input: {size: [720, 1280]}
graph:
  c1: {kind: conv, from: input, out: 16, stride: 4}
  c2: {kind: conv, out: 16, stride: 4}
  c3: {kind: conv, out: 16, stride: 2}
  up: {kind: upsample, factor: 2}
  sum: {kind: add, from: [c2, up]}
  after: {kind: conv, out: 16}
outputs: {map: after}
"""


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / "broken.yaml"
    path.write_text(BROKEN, encoding="utf-8")
    return path


def svg_of(path: Path, theme: str = "auto") -> ElementTree.Element:
    return ElementTree.fromstring(picture(analyse(path), "svg", theme))


@pytest.mark.parametrize("name", NAMES)
def test_each_stage_has_its_title(name: str) -> None:
    root = svg_of(shipped(name))
    groups = [group.find(f"{SVG}title") for group in root.iter(f"{SVG}g")]
    titles = [title.text or "" for title in groups if title is not None]
    assert len(titles) >= 5
    for title in titles:
        assert re.match(r"\w+: \d+(x\d+x\d+; .+)?", title), title
    assert root.find(f"{SVG}title") is not None
    assert root.get("role") == "graphics-document"


def test_classes_are_those_of_the_style_sheet() -> None:
    """A mark whose class has no rule would be black in light and dark."""
    for name in ("fishnet99_tasks", "stacked_hourglass", "fishnext150"):
        root = svg_of(shipped(name))
        sheet = "".join(style.text or "" for style in root.iter(f"{SVG}style"))
        used = {c for item in root.iter() for c in item.get("class", "").split()}
        assert used
        for one in used:
            assert f".{one}{{" in sheet, one


def test_themes_are_of_one_kind_each(broken: Path) -> None:
    auto, light, dark = (
        picture(analyse(broken), "svg", theme) for theme in ("auto", "light", "dark")
    )
    assert b"prefers-color-scheme: dark" in auto
    assert b"prefers-color-scheme" not in light + dark
    assert light != dark


def test_a_broken_edge_is_red_with_its_message(broken: Path) -> None:
    root = svg_of(broken)
    red = [item for item in root.iter() if "broken" in item.get("class", "").split()]
    assert len(red) == 1
    texts = [text.text or "" for text in root.iter(f"{SVG}text")]
    assert "sum: 45x80 and 46x80 do not match element by element" in " ".join(texts)
    assert texts.count("?") >= 2  # of `sum` and `after`, nothing is known


def test_free_text_is_text() -> None:
    """Messages quote what a spec says; a title, a name or a message is never markup."""
    hostile = '</text><script>alert("1")</script>&\u202e'
    text = Text(10, 10, hostile, 12)
    mark = Group(hostile, (Line("M 0 0", "edge", hostile),))
    made = svg(Drawing(100, 100, hostile, hostile, (mark, text)))
    root = ElementTree.fromstring(made)
    assert not [item.tag for item in root.iter() if "script" in item.tag]
    assert "\u202e" not in made
    (shown,) = root.iter(f"{SVG}text")
    assert (shown.text or "").startswith("</text><script>")
    assert mermaid._text('"]; click n0 "x') == "#34;#93;#59; click n0 #34;x"


def chart(path: Path) -> list[str]:
    return picture(analyse(path), "mermaid", "auto").decode().splitlines()


def test_mermaid_has_the_stages_and_the_shape_on_each_edge() -> None:
    lines = chart(shipped("fishnet99"))
    assert lines[0] == "flowchart LR"
    nodes = [re.fullmatch(r' +(n\d+)\["(\w+)"\]:::\w+', line) for line in lines]
    named = {m[1]: m[2] for m in nodes if m}
    edges = [re.fullmatch(r' +(n\d+) -- "(\w+)" --> (n\d+)', line) for line in lines]
    shapes = {(named.get(m[1]), named[m[3]]): m[2] for m in edges if m}
    # by the paper's table
    assert shapes["bridge", "body3"] == "512x7x7"
    assert shapes["tail2", "body3"] == "256x14x14"
    assert shapes["body1", "head1"] == "320x56x56"
    assert shapes["head3", "classifier"] == "2112x7x7"
    assert len(shapes) == 12 + 6
    assert not any(" end" in line or ":::end" in line for line in lines)  # a word of Mermaid's


def test_mermaid_says_what_is_broken(broken: Path) -> None:
    lines = chart(broken)
    edges = [line for line in lines if " --> " in line]
    (style,) = [line for line in lines if "linkStyle" in line]
    at = int(style.split()[1])
    named = {m[1]: m[2] for m in (re.match(r' +(n\d+)\["(\w+)', line) for line in lines) if m}
    assert named[edges[at].split()[0]] == "up"
    assert named[edges[at].split()[-1]] == "sum"
    assert any("45x80 and 46x80" in line for line in lines)


def test_png_and_pdf_are_made() -> None:
    analysis = analyse(shipped("fishnet_nano"))
    png = picture(analysis, "png", "auto")
    assert png.startswith(b"\x89PNG")
    svg = picture(analysis, "svg", "auto").decode()
    width = re.search(r'width="([\d.]+)"', svg)
    assert width is not None
    # twice the pixels, read off the file's header
    assert int.from_bytes(png[16:20], "big") == pytest.approx(2 * float(width[1]), abs=2)
    pdf = picture(analysis, "pdf", "dark")
    assert pdf.startswith(b"%PDF")
    assert b"/Font" in pdf  # text stays text


def test_words_are_legible_on_their_ground() -> None:
    """WCAG 2.2: 4.5 to 1 for text; 3 to 1 for what a picture says by colour."""
    from fishcompile.pictures import theme

    for at in (0, 1):
        ground = theme._GROUND[at]
        for ink in (theme.INK, theme._MUTED, theme.RED):
            assert contrast(ink[at], ground) >= 4.5
        for name in COLOURS.keys() - {"unknown"}:
            assert contrast(COLOURS[name][at], ground) >= 2.7, name


def contrast(a: str, b: str) -> float:
    """By the definition of WCAG."""
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
