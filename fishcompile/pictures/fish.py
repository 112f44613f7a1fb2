"""The picture of a network with a trunk: its outline, with branches above and below it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from fishcompile.pictures.bars import Bar, badge, bar_items
from fishcompile.pictures.columns import table_of
from fishcompile.pictures.drawing import Body, Item, Line, path
from fishcompile.pictures.lanes import DOWN, UP, Lane, lanes_of
from fishcompile.pictures.scale import LOWEST, Scale, scale_of
from fishcompile.pictures.scene import Link, Mark, Scene
from fishcompile.pictures.trunk import Branch
from fishcompile.pictures.ways import Stop, along, branch_in, branch_out, out
from fishcompile.pictures.words import label_of, link_title

_APART = 7.0  # between ways that meet one bar
_RIB = 3.5  # between ribs at least
_MOST_RIBS = 16


def fish(
    scene: Scene, trunk: tuple[int, ...], branches: tuple[Branch, ...], margin: float, top: float
) -> Body:
    """The network's outline along its trunk from a top on, each mark above its column."""
    scale = scale_of(scene.marks)
    table = table_of(scene.marks, scale, margin)
    halves = _halves(scene, trunk, scale)

    def spanned(left: int, right: int) -> float:
        return max((halves[at] for at in trunk if left <= at <= right), default=0.0)

    def small(at: int) -> float:
        return 5 + scale.height(scene.marks[at].side) / 14

    lanes = lanes_of(branches, spanned, small)
    reach = {
        side: max([*halves.values(), *(ln.level + ln.high + 6 for ln in lanes if ln.side == side)])
        for side in (UP, DOWN)
    }
    axis = top + reach[UP] + 20 * any(mark.error for mark in scene.marks)
    bars = {at: _bar(scene.marks[at], table.middles[at], axis, halves[at], scale) for at in trunk}
    for lane in lanes:
        for at in lane.branch.marks:
            y = axis + lane.side * lane.level
            bars[at] = _bar(scene.marks[at], table.middles[at], y, small(at), scale)
    stops = _stops(lanes, bars)
    bottom = axis + reach[DOWN]
    items: list[Item] = [
        Line(path("M", bars[at].x, bars[at].bottom, "V", bottom), "rule") for at in bars
    ]
    links = {(link.source, link.target): link for link in scene.links}
    neighbours = [(links[a, b], bars[a], bars[b]) for a, b in pairwise(trunk)]
    for link, left, right in neighbours:
        items += _wedge(scene.marks[link.target], left, right)
    ways = [item for lane in lanes for item in _ways(scene, lane, axis, bars, stops)]
    items += [item for item in ways if not _shines(item)]
    for at, mark in enumerate(scene.marks):
        items += bar_items(mark, bars[at])
    items += [item for item in ways if _shines(item)]
    for link, left, right in neighbours:
        items += along(link, left.right, right.left, axis, (left.x, right.x))
    shown = {(link.target, link.error) for link in scene.links if link.error}
    for at, mark in enumerate(scene.marks):
        if mark.error and (at, mark.error) not in shown:
            items += badge(mark.error, bars[at].x, bars[at].top - 12)
    return Body(tuple(items), bottom, table.right, table.middles, table)


def _halves(scene: Scene, trunk: tuple[int, ...], scale: Scale) -> dict[int, float]:
    """Half of the height of each bar; one of unknown shape is as high as what it reads."""
    found, half = {}, LOWEST / 2
    for at in trunk:
        mark = scene.marks[at]
        half = found[at] = scale.height(mark.side) / 2 if mark.type else half
    return found


def _bar(mark: Mark, x: float, y: float, high: float, scale: Scale) -> Bar:
    waist = min(scale.height(mark.waist) / 2, high / 2) if mark.waist else 0.0
    return Bar(x, y, scale.thickness(mark) / 2, high, waist)


def _wedge(mark: Mark, left: Bar, right: Bar) -> Iterator[Line]:
    corners = path("M", left.right, left.top, "L", right.left, right.top)
    corners += " " + path("L", right.left, right.bottom, "L", left.right, left.bottom, "Z")
    yield Line(corners, f"wedge f-{mark.colour}")
    ribs, room = mark.blocks[0], right.left - left.right
    if 1 < ribs <= min(_MOST_RIBS, room / _RIB):
        for rib in range(ribs):
            part = (rib + 1) / (ribs + 1)
            half = left.high + (right.high - left.high) * part
            x = left.right + room * part
            yield Line(path("M", x, left.y - half, "V", left.y + half), f"rib s-{mark.colour}")


def _shines(item: Item) -> bool:
    return isinstance(item, Line) and item.classes in ("way", "core")


Stops = dict[tuple[Link, bool], Stop]


def _stops(lanes: tuple[Lane, ...], bars: dict[int, Bar]) -> Stops:
    """Where each link of a branch meets the trunk, at its source or (True) its target.

    At one bar those that come in stand left of those that go out, and none crosses another.
    """
    met: dict[tuple[int, int], list[tuple[float, Link, bool]]] = defaultdict(list)
    for lane in lanes:
        beside = set(lane.branch.marks)
        for link in lane.branch.links:
            if link.source not in beside:
                met[link.source, lane.side].append((1e6 - lane.level, link, False))
            if link.target not in beside:
                met[link.target, lane.side].append((lane.level, link, True))
    found: Stops = {}
    for (at, side), some in met.items():
        bar = bars[at]
        ordered = sorted(some, key=lambda each: each[0])
        for number, (_, link, ends) in enumerate(ordered):
            x = bar.x + _APART * (number - (len(ordered) - 1) / 2)
            found[link, ends] = Stop(x, bar.y + side * bar.half(x), bar.y)
    return found


def _ways(
    scene: Scene, lane: Lane, axis: float, bars: dict[int, Bar], stops: Stops
) -> Iterator[Item]:
    y = axis + lane.side * lane.level
    for link in lane.branch.links:
        names = [label_of(scene.marks[at].names) for at in (link.source, link.target)]
        title = link_title(link, *names)
        colour = scene.marks[link.source].colour
        start, end = stops.get((link, False)), stops.get((link, True))
        if start and end:
            yield from out(link, colour, start, end, y, title)
        elif start:
            yield from branch_out(link, colour, start, bars[link.target].left, y, title)
        elif end:
            yield from branch_in(link, colour, bars[link.source].right, end, y, title)
        else:
            left, right = bars[link.source], bars[link.target]
            yield from along(link, left.right, right.left, y, (left.x, right.x))
