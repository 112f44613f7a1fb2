"""Layers: a network in columns by depth and rows by resolution, where it has no trunk.

A link that passes columns takes a place in each. Within a row a mark keeps to the height of what
it reads, so that ways run level where they can.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from fishcompile.pictures.scene import Link, Scene
from fishcompile.record import record

Item = int | Link  # a mark, or a link that passes


@record
class Grid:
    """The column of each mark and its place in it, in pixels from the top, as that of each link.

    A link has a place in each of the columns that it passes, in their order.
    """

    columns: tuple[int, ...]
    places: tuple[float, ...]
    passing: dict[Link, tuple[float, ...]]
    height: float


def grid_of(scene: Scene, pitch: float, lane: float) -> Grid:
    """The places of marks, which have a pitch, and of links, which have a lane where alone."""
    reads: dict[int, list[Link]] = defaultdict(list)
    for link in scene.links:
        reads[link.target].append(link)
    columns: list[int] = []
    for at in range(len(scene.marks)):
        columns.append(max((columns[link.source] + 1 for link in reads[at]), default=0))
    items: dict[int, list[tuple[int, Link | None]]] = defaultdict(list)  # by column
    for at, column in enumerate(columns):
        items[column].append((at, None))
    for link in scene.links:
        for column in range(columns[link.source] + 1, columns[link.target]):
            items[column].append((link.source, link))
    levels = sorted({_row(scene, at) for at in range(len(columns))}, reverse=True)
    rows = {level: number for number, level in enumerate(levels)}
    tracks: dict[tuple[int, Item], int] = {}
    heights: dict[tuple[int, int], float] = {}  # of each track of each row
    for column in range(max(columns, default=0) + 1):
        taken: dict[int, set[int]] = defaultdict(set)
        # marks first, those with most to keep to before the rest
        for at, way in sorted(items[column], key=lambda item: (item[1] is not None, item[0])):
            row = rows[_row(scene, at)]
            level = [one for one in ([way] if way else reads[at]) if _level(scene, one, at)]
            track = _free(taken[row], _wishes(level, column, tracks))
            taken[row].add(track)
            tracks[column, way or at] = track
            own = lane if way else pitch
            heights[row, track] = max(heights.get((row, track), 0.0), own)
    base, y = {}, 0.0
    for key in sorted(heights):
        base[key] = y
        y += heights[key]

    def place(column: int, at: int, way: Link | None) -> float:
        return base[rows[_row(scene, at)], tracks[column, way or at]]

    places = tuple(place(column, at, None) for at, column in enumerate(columns))
    passing = {
        link: tuple(
            place(column, link.source, link)
            for column in range(columns[link.source] + 1, columns[link.target])
        )
        for link in scene.links
    }
    return Grid(tuple(columns), places, passing, y)


def _row(scene: Scene, at: int) -> int:
    """What orders the rows: the resolution; one that is unknown is as one pixel."""
    return scene.marks[at].side


def _level(scene: Scene, link: Link, at: int) -> bool:
    """Whether a link stays in the row that a mark stands in."""
    return _row(scene, link.source) == _row(scene, at)


def _wishes(
    level: list[Link], column: int, tracks: Mapping[tuple[int, Item], int]
) -> Iterator[int]:
    """The tracks, in the column before, of what an item goes on from: of marks, then of links."""
    for keys in ([link.source for link in level], level):
        yield from sorted(tracks[column - 1, key] for key in keys if (column - 1, key) in tracks)


def _free(taken: set[int], wishes: Iterable[int]) -> int:
    for wish in wishes:
        if wish not in taken:
            return wish
    return next(track for track in range(len(taken) + 1) if track not in taken)
