"""The picture of a network without a trunk: marks in columns by depth and rows by resolution."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from fishcompile.pictures.bars import Bar, badge, bar_items
from fishcompile.pictures.columns import NAME, SMALL
from fishcompile.pictures.drawing import Body, Item, Line, Text, path
from fishcompile.pictures.layers import Grid, grid_of
from fishcompile.pictures.lettering import shortened, width_of
from fishcompile.pictures.scale import TALLEST, THICKEST, scale_of
from fishcompile.pictures.scene import Link, Mark, Scene
from fishcompile.pictures.words import label_of, link_title, side_of

_TALL = 36.0  # the height of the highest bar
_BELOW = 15.0  # a line of words
_GUTTER = 34.0  # between the words of two columns
_LANE = 16.0  # of a way that passes alone
_LONG = 16


def rows(scene: Scene, margin: float, top: float) -> Body:
    """The network from a top on, with what is said of each mark below it."""
    scale = scale_of(scene.marks)
    words = [_words(mark) for mark in scene.marks]
    grid = grid_of(scene, _TALL + 14 + max(map(len, words), default=0) * _BELOW, _LANE)
    middles = _middles(words, grid, margin)
    bars = []
    for at, mark in enumerate(scene.marks):
        high = _TALL / 2 * scale.height(mark.side) / TALLEST if mark.type else 7.0
        y = top + grid.places[at] + _TALL / 2
        waist = high / 2 if mark.waist else 0.0
        thick = scale.thickness(mark) * 0.6 / 2
        bars.append(Bar(middles[grid.columns[at]], y, thick, high, waist))
    items: list[Item] = []
    for link in scene.links:
        items += _way(scene, link, grid, bars, middles, top + _TALL / 2)
    shown = {(link.target, link.error) for link in scene.links if link.error}
    for at, (mark, bar) in enumerate(zip(scene.marks, bars, strict=True)):
        items += bar_items(mark, bar)
        y = bar.y + _TALL / 2
        for number, word in enumerate(words[at]):
            size, style = (SMALL, "muted") if number else (NAME, "ink")
            sides = mark.names[-1] if " @ " in word else ""
            items.append(Text(bar.x, y + _BELOW * (number + 1) - 2, word, size, style, sides=sides))
        if mark.error and (at, mark.error) not in shown:
            items += badge(mark.error, bar.x, bar.top - 8)
    widest = max((width_of(word, NAME) for word in (w for some in words for w in some)), default=0)
    right = max(middles, default=margin) + max(widest, THICKEST) / 2
    return Body(tuple(items), top + grid.height, right, middles=tuple(b.x for b in bars))


def _words(mark: Mark) -> list[str]:
    shape = "?" if mark.type is None else f"{mark.type.channels}"
    side = side_of(mark.type)
    shape += f" @ {side}" if mark.type and side else ""
    blocks = mark.blocks[0]
    kind = f"{mark.kind} \u00d7{blocks}" if blocks > 1 else mark.kind
    times = f"\u00d7{mark.repeat}" if mark.repeat > 1 else ""
    words = [f"{label_of(mark.names)} {times}".strip(), shape, kind.strip(), *mark.taps]
    return [shortened(word, _LONG) for word in words if word]


def _middles(words: list[list[str]], grid: Grid, margin: float) -> list[float]:
    """The middle of each column, wide enough for its words."""
    wide = [THICKEST * 0.6] * (max(grid.columns, default=0) + 1)
    for column, some in zip(grid.columns, words, strict=True):
        wide[column] = max(wide[column], *(width_of(word, NAME) for word in some))
    x = margin + (wide[0] / 2 if wide else 0)
    found = [x]
    for a, b in pairwise(wide):
        x += (a + b) / 2 + _GUTTER
        found.append(x)
    return found


def _way(
    scene: Scene,
    link: Link,
    grid: Grid,
    bars: list[Bar],
    middles: list[float],
    top: float,
) -> Iterator[Item]:
    start, end = bars[link.source], bars[link.target]
    first = grid.columns[link.source] + 1
    steps: list[str | float] = ["M", start.right, start.y]
    x, y = start.right, start.y
    stops = [
        (middles[first + number], top + place) for number, place in enumerate(grid.passing[link])
    ]
    for at, (next_x, next_y) in enumerate([*stops, (end.left, end.y)]):
        # level past the words of a column, and over to the next in the gutter between
        bend = middles[first + at - 1] + (middles[first + at] - middles[first + at - 1]) / 2
        steps += ["L", max(x, bend - _GUTTER / 2), y]
        steps += ["C", bend, y, bend, next_y, min(next_x, bend + _GUTTER / 2), next_y]
        steps += ["L", next_x, next_y]
        x, y = next_x, next_y
    names = [label_of(scene.marks[at].names) for at in (link.source, link.target)]
    title = link_title(link, *names)
    way = path(*steps)
    colour = scene.marks[link.source].colour
    if link.error:
        yield Line(way, "broken", title)
        yield from badge(link.error, end.left - 12, end.y)
    elif link.free:
        yield Line(way, f"arc s-{colour}", title)
        yield Line(way, "way")
        yield Line(way, "core")
    else:
        yield Line(way, f"cut s-{colour}", title)
        if link.crossing.isolated:
            yield Line(path("M", end.left - 9, end.y - 6, "V", end.y + 6), "iconv")
