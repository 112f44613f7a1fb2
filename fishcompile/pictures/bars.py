"""Bars: a mark as a shape, striped by where its channels come from."""

from __future__ import annotations

from collections.abc import Iterator

from fishcompile.pictures.drawing import Group, Line, Text, path
from fishcompile.pictures.scene import Mark
from fishcompile.record import record

BADGE = 8.0  # the radius of the number of a finding


@record
class Bar:
    """Where a mark stands: its middle, and half of its thickness and height."""

    x: float
    y: float
    thick: float
    high: float
    waist: float = 0.0  # half of the height in the middle, where the mark has a waist

    @property
    def left(self) -> float:
        """The left edge."""
        return self.x - self.thick

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.thick

    @property
    def top(self) -> float:
        """The upper edge."""
        return self.y - self.high

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y + self.high

    def half(self, x: float) -> float:
        """Half of the height at a place along the axis."""
        if not self.waist or not self.thick:
            return self.high
        part = min(1.0, abs(x - self.x) / self.thick)
        return self.waist + (self.high - self.waist) * part


def bar_items(mark: Mark, bar: Bar) -> Iterator[Group | Line | Text]:
    """A mark's stripes and outline, with its title."""
    inside = [
        Line(_outline(bar, left, right, upper, lower), f"f-{colour}")
        for colour, left, right, upper, lower in _stripes(mark, bar)
    ]
    classes = f"edge{' unsure' * (not mark.type)}{' changed' * mark.changed}"
    outline = Line(_outline(bar, bar.left, bar.right), classes)
    yield Group(mark.title, (*inside, outline), mark.names)


def badge(number: int, x: float, y: float) -> Iterator[Line | Text]:
    """The number of a finding in a red circle."""
    r = BADGE
    circle = path("M", x - r, y, "a", r, r, 0.0, 1.0, 0.0, 2 * r, 0.0)
    circle += " " + path("a", r, r, 0.0, 1.0, 0.0, -2 * r, 0.0, "Z")
    yield Line(circle, "f-red")
    yield Text(x, y + 4, str(number), 11.5, "number name")


def _stripes(mark: Mark, bar: Bar) -> Iterator[tuple[str, float, float, float, float]]:
    """Colour, left, right and the part of the height from the top: makers share a stripe."""
    total = sum(channels for _, channels in mark.stripes)
    if mark.type is None or not total:
        yield mark.colour, bar.left, bar.right, 0.0, 1.0
        return
    x = bar.left
    for makers, channels in mark.stripes:
        wide = 2 * bar.thick * channels / total
        for at, maker in enumerate(makers):
            yield maker, x, x + wide, at / len(makers), (at + 1) / len(makers)
        x += wide


def _outline(bar: Bar, left: float, right: float, upper: float = 0.0, lower: float = 1.0) -> str:
    xs = [left, *([bar.x] if bar.waist and left < bar.x < right else []), right]
    above = [(x, bar.y - bar.half(x) * (1 - 2 * upper)) for x in xs]
    below = [(x, bar.y - bar.half(x) * (1 - 2 * lower)) for x in reversed(xs)]
    words: list[str | float] = []
    for at, (x, y) in enumerate((*above, *below)):
        words += ["L" if at else "M", x, y]
    return path(*words, "Z")
