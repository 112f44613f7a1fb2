"""A drawing as SVG: text stays text, each mark has a title, and the colours are a style sheet.

All free text of a spec passes `_escaped`; classes and paths are made here and hold none.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from fishcompile.formats._snippets import visible
from fishcompile.pictures.drawing import Drawing, Group, Item, Line, Shifted, Text, number
from fishcompile.pictures.theme import FONT, css


def svg(drawing: Drawing, theme: str = "auto") -> str:
    """The file's text. `theme` is light, dark, or auto: as the reader's system says."""
    used = {name for item in drawing.flat for name in item.classes.split()}
    width, height = number(drawing.width), number(drawing.height)
    name, about = _escaped(drawing.title), _escaped(drawing.description)
    start = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="graphics-document" '
        f'aria-roledescription="network" aria-label="{name}" font-family="{FONT}">'
    )
    lines = [
        start,
        f"<title>{name}</title>",
        f"<desc>{about}</desc>",
        "<style>",
        css(theme, {*used, "ground"}),
        "</style>",
        f'<rect class="ground" width="{width}" height="{height}"/>',
        *(line for item in drawing.items for line in _lines(item)),
        "</svg>",
        "",
    ]
    return "\n".join(lines)


def _lines(item: Item) -> Iterator[str]:
    match item:
        case Group():
            name = _escaped(item.title)
            stages = f' data-stages="{_escaped(" ".join(item.stages))}"' if item.stages else ""
            yield f'<g role="graphics-symbol" aria-label="{name}"{stages}>'
            yield f"<title>{name}</title>"
            for inner in item.items:
                yield from _lines(inner)
            yield "</g>"
        case Shifted():
            yield f'<g transform="translate(0 {number(item.down)})">'
            for part in item.items:
                yield from _lines(part)
            yield "</g>"
        case Line():
            start = f'<path class="{item.classes}" d="{item.path}"'
            yield f"{start}>{_title(item.title)}</path>" if item.title else f"{start}/>"
        case Text():
            sides = f' data-sides="{_escaped(item.sides)}"' if item.sides else ""
            anchor = "" if item.anchor == "start" else f' text-anchor="{item.anchor}"'
            yield (
                f'<text class="{item.classes}" x="{number(item.x)}" y="{number(item.y)}" '
                f'font-size="{number(item.size)}"{anchor}{sides}>{_escaped(item.text)}</text>'
            )


def _title(text: str) -> str:
    return f"<title>{_escaped(text)}</title>"


def _escaped(text: str) -> str:
    return escape(visible(text))
