"""The legend: what the colours, the lines and the measures of a picture mean."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from fishcompile.pictures.drawing import Line, Text, box, path
from fishcompile.pictures.lettering import width_of, wrapped
from fishcompile.pictures.scene import Scene

SIZE, LINE = 11.5, 18.0
_SAMPLE, _AFTER = 18.0, 16.0
_MEASURES = "Height: resolution (log). Thickness: channels, striped by who made them. Ribs: blocks."


def legend(scene: Scene, left: float, top: float, width: float) -> tuple[list[Line | Text], float]:
    """The legend's items within a width, and its height."""
    links = scene.links
    samples = [(f"f-{name}", label) for name, label in scene.colours]
    lines = []
    if any(link.free for link in links):
        lines.append(("way", "no convolution in the gradient's way"))
    if any(link.known and not link.free for link in links):
        lines.append(("shut", "convolutions in the way"))
    if any(mark.changed for mark in scene.marks):
        lines.append(("changed", "differs"))
    if any(link.crossing.isolated for link in links):
        lines.append(("iconv", "I-conv"))
    items: list[Line | Text] = []
    x, y = left, top
    for classes, label in chain(samples, lines):
        wide = _SAMPLE + width_of(label, SIZE) + _AFTER
        if x > left and x + wide > left + width:
            x, y = left, y + LINE
        items += _sample(classes, x, y)
        items.append(Text(x + _SAMPLE + 5, y + SIZE, label, SIZE, "muted", "start"))
        x += wide + 5
    for line in wrapped(_MEASURES, SIZE, width):
        y += LINE
        items.append(Text(left, y + SIZE, line, SIZE, "muted", "start"))
    return items, y + LINE - top


def _sample(classes: str, x: float, y: float) -> Iterator[Line]:
    middle = y + SIZE * 0.65
    if classes == "iconv":
        yield Line(path("M", x + _SAMPLE / 2, middle - 6, "V", middle + 6), classes)
    elif classes == "changed" or classes.startswith("f-"):
        yield Line(box(x + 4, y + 2, x + _SAMPLE - 2, y + SIZE + 1), classes)
    else:
        line = path("M", x + 3, middle, "H", x + _SAMPLE)
        yield Line(line, classes)
        if classes == "way":
            yield Line(line, "core")
