"""Ways: the lines that links are, along the axis and out over a lane, and what lies on them."""

from __future__ import annotations

from collections.abc import Iterator

from fishcompile.pictures.bars import badge
from fishcompile.pictures.drawing import Item, Line, path
from fishcompile.pictures.scene import Link
from fishcompile.record import record

_ROUND = 18.0  # the radius of a corner
_TICK = 8.0  # half of the length of an I-conv's mark
_ARROW = 6.0


@record
class Stop:
    """An end of a way out: its place, the edge of its bar, and the axis of that."""

    x: float
    edge: float
    inner: float


def along(link: Link, left: float, right: float, y: float, middles: tuple[float, float]) -> Items:
    """A link between neighbours: from the edge of one to that of the other, y its height.

    A free one goes on to the middles of both.
    """
    middle = (left + right) / 2
    if link.error:
        yield Line(path("M", left, y, "H", right), "broken")
        yield from badge(link.error, middle, y)
    elif link.free:
        yield from _bright(path("M", middles[0], y, "H", middles[1]))
    else:
        yield Line(path("M", left + 2, y, "H", right - 2), "shut")
        if link.crossing.isolated:
            yield Line(path("M", middle, y - _TICK, "V", y + _TICK), "iconv")


def out(link: Link, colour: str, start: Stop, end: Stop, lane: float, title: str) -> Items:
    """A link that leaves the trunk, runs along a lane and comes back to it."""
    middle = (start.x + end.x) / 2
    way = [*_up(start, lane, middle), *_down(end, lane, middle)]
    bright = [("M", start.x, start.inner), *way, ("V", end.inner)]
    yield from _over(
        link, [("M", start.x, start.edge), *way], bright, colour, title, (middle, lane)
    )
    yield from _head(link, end, lane, colour)


def branch_out(link: Link, colour: str, start: Stop, left: float, lane: float, title: str) -> Items:
    """A link from the trunk to the left edge of a mark on a lane."""
    way: Way = [*_up(start, lane, left), ("H", left)]
    bright: Way = [("M", start.x, start.inner), *way]
    middle = ((start.x + left) / 2, lane)
    yield from _over(link, [("M", start.x, start.edge), *way], bright, colour, title, middle)


def branch_in(link: Link, colour: str, right: float, end: Stop, lane: float, title: str) -> Items:
    """A link from the right edge of a mark on a lane back to the trunk."""
    way: Way = [("M", right, lane), *_down(end, lane, right)]
    middle = ((end.x + right) / 2, lane)
    yield from _over(link, way, [*way, ("V", end.inner)], colour, title, middle)
    yield from _head(link, end, lane, colour)


Way = list[tuple[str | float, ...]]


def _over(
    link: Link, way: Way, bright: Way, colour: str, title: str, middle: tuple[float, float]
) -> Items:
    data = _data(way)
    if link.error:
        yield Line(data, "broken", title)
        yield from badge(link.error, *middle)
    elif link.free:
        yield Line(data, f"arc s-{colour}", title)
        yield from _bright(_data(bright))
    else:
        yield Line(data, f"cut s-{colour}", title)
        if link.crossing.isolated:
            x, y = middle
            yield Line(path("M", x, y - _TICK, "V", y + _TICK), "iconv")


def _bright(way: str) -> Items:
    yield Line(way, "way")
    yield Line(way, "core")


def _head(link: Link, end: Stop, lane: float, colour: str) -> Items:
    x, y, half = end.x, end.edge, _ARROW * 0.8
    base = y + (_ARROW if lane > y else -_ARROW) * 1.2
    classes = "f-red" if link.error else f"f-{colour}"
    yield Line(path("M", x, y, "L", x - half, base, "H", x + half, "Z"), classes)


def _up(start: Stop, lane: float, to: float) -> Way:
    """From the edge of a bar to its lane, and round the corner."""
    r = min(_ROUND, abs(to - start.x), abs(start.edge - lane))
    up = r if start.edge > lane else -r
    right = r if to > start.x else -r
    return [("V", lane + up), ("Q", start.x, lane, start.x + right, lane)]


def _down(end: Stop, lane: float, before: float) -> Way:
    """Along the lane, round the corner and to the edge of a bar, or the base of its arrow."""
    tip = end.edge + (_ARROW if lane > end.edge else -_ARROW)
    r = min(_ROUND, abs(before - end.x), abs(tip - lane))
    down, right = (r if tip > lane else -r), (r if end.x > before else -r)
    return [("H", end.x - right), ("Q", end.x, lane, end.x, lane + down), ("V", tip)]


def _data(way: Way) -> str:
    return path(*(word for step in way for word in step))


Items = Iterator[Item]
