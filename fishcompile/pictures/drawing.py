"""A drawing: what a layout makes and svg.py writes. Areas, lines and texts, in groups with a title.

Coordinates are in pixels at the picture's own size, x to the right and y downwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, Protocol

from fishcompile.pictures.lettering import ASCENT, DESCENT, width_of
from fishcompile.record import record

Anchor = Literal["start", "middle", "end"]


@record
class Line:
    """A path, filled or drawn as its `classes` say; its `title` says what it is."""

    path: str
    classes: str
    title: str = ""


@record
class Text:
    """A line of text; y is its base line. `sides` names the stage whose sides it ends in."""

    x: float
    y: float
    text: str
    size: float
    classes: str = "ink"
    anchor: Anchor = "middle"
    sides: str = ""

    @property
    def box(self) -> tuple[float, float, float, float]:
        """The left, top, right and bottom of what the text takes at most."""
        bold = not {"name", "title"}.isdisjoint(self.classes.split())
        width = width_of(self.text, self.size, bold=bold)
        left = self.x - {"start": 0.0, "middle": width / 2, "end": width}[self.anchor]
        return left, self.y - ASCENT * self.size, left + width, self.y + DESCENT * self.size


@record
class Group:
    """What belongs together, called by its `title`; the mark of some stages names them."""

    title: str
    items: tuple[Line | Text, ...]
    stages: tuple[str, ...] = ()


@record
class Shifted:
    """Items that stand further down, by as many pixels."""

    items: tuple[Line | Text | Group, ...]
    down: float


Item = Line | Text | Group | Shifted


@record
class Drawing:
    """A picture: its size, its name, what it says in a sentence, its items, the lowest first."""

    width: float
    height: float
    title: str
    description: str
    items: tuple[Item, ...]

    @property
    def flat(self) -> tuple[Line | Text, ...]:
        """The lines and texts in all groups, where they stand in their own."""
        return tuple(_flat(self.items))


def _flat(items: Iterable[Item]) -> Iterator[Line | Text]:
    for item in items:
        if isinstance(item, Line | Text):
            yield item
        else:
            yield from _flat(item.items)


def stacked(upper: Drawing, lower: Drawing) -> Drawing:
    """Two pictures as one, the second below the first."""
    return Drawing(
        max(upper.width, lower.width),
        upper.height + lower.height,
        f"{upper.title} \u2192 {lower.title}",
        f"Above: {upper.description} Below: {lower.description}",
        (*upper.items, Shifted(tuple(_unshifted(lower)), upper.height)),
    )


def _unshifted(drawing: Drawing) -> Iterator[Line | Text | Group]:
    for item in drawing.items:
        assert not isinstance(item, Shifted), "a picture that is two already"
        yield item


class Words(Protocol):
    """What is written below a network, in pixels and as texts from a top and a margin on."""

    @property
    def height(self) -> float:
        """In pixels."""

    def texts(self, top: float, margin: float) -> list[Text]:
        """The words."""


@record
class Body:
    """A network as it is drawn: how far down and to the right it reaches, where each mark stands.

    `words` are written below it, if not at the marks.
    """

    items: tuple[Item, ...]
    bottom: float
    right: float
    middles: tuple[float, ...]
    words: Words | None = None


def number(value: float) -> str:
    """A coordinate, to a tenth of a pixel."""
    text = f"{value:.1f}"
    text = text.removesuffix(".0")
    return "0" if text == "-0" else text


def path(*words: str | float) -> str:
    """A path's data of commands and coordinates."""
    return " ".join(word if isinstance(word, str) else number(word) for word in words)


def box(left: float, top: float, right: float, bottom: float) -> str:
    """The path of a rectangle."""
    return path("M", left, top, "H", right, "V", bottom, "H", left, "Z")
