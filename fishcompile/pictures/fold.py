"""Folding: rows of equal marks as one, and a part that repeats as one with its number of times."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace

from fishcompile.pictures.scene import Link, Mark, Scene

MOST = 60  # marks that are drawn one by one; of more, all rows are folded
_LONGEST = 12  # marks of a part that is looked for more than once


def folded(scene: Scene) -> Scene:
    """The scene with each row of marks that look alike as one mark, and each repeated part once.

    Where many are left, a row is folded as long as its resolution stays.
    """
    scene = _without_repeats(_without_rows(scene, _alike))
    if len(scene.marks) > MOST:
        scene = _without_rows(scene, lambda a, b: a.side == b.side and a.colour == b.colour)
    return scene


def _alike(a: Mark, b: Mark) -> bool:
    same = a.type == b.type and a.kind == b.kind and a.colour == b.colour
    return same and a.changed == b.changed


def _without_rows(scene: Scene, alike: Callable[[Mark, Mark], bool]) -> Scene:
    """Marks that read one other mark alone, which nothing else reads and which is alike: as one."""
    into: dict[int, int] = {}
    readers = Counter(link.source for link in scene.links)
    reads: dict[int, list[Link]] = defaultdict(list)
    for link in scene.links:
        reads[link.target].append(link)
    for at, mark in enumerate(scene.marks):
        links = reads[at]
        before = scene.marks[links[0].source] if len(links) == 1 else None
        if before is None or readers[links[0].source] != 1 or links[0].via:
            continue
        marked = before.taps or before.error or mark.error or before.type is None
        if not marked and alike(before, mark):
            into[at] = into.get(links[0].source, links[0].source)
    rows: dict[int, list[int]] = defaultdict(list)
    for at in range(len(scene.marks)):
        rows[into.get(at, at)].append(at)
    last = {row[-1]: first for first, row in rows.items()}
    new = {first: position for position, first in enumerate(rows)}
    marks = tuple(_one([scene.marks[i] for i in row]) for row in rows.values())
    left = tuple(
        replace(link, source=new[last[link.source]], target=new[link.target])
        for link in scene.links
        if link.target not in into
    )
    return replace(scene, marks=marks, links=left)


def _one(row: list[Mark]) -> Mark:
    first, last = row[0], row[-1]
    if len(row) == 1:
        return first
    names = tuple(name for mark in row for name in mark.names)
    count = sum(mark.blocks[0] or 1 for mark in row)
    title = f"{first.title} \u2026 {last.title} ({len(names)} in a row)"
    return replace(last, names=names, title=title, blocks=(count, 0), waist=first.waist)


def _without_repeats(scene: Scene) -> Scene:
    """The scene with the first of the copies of each part that follow each other."""
    marks = scene.marks
    reads: dict[int, list[Link]] = defaultdict(list)
    for link in scene.links:
        reads[link.target].append(link)
    signs = [
        (
            mark.type,
            mark.kind,
            mark.colour,
            mark.blocks,
            mark.waist,
            mark.reduction,
            bool(mark.taps),
            mark.changed,
        )
        for mark in marks
    ]
    ways = [tuple((at - link.source, link.free) for link in reads[at]) for at in range(len(marks))]

    def equal(a: int, b: int) -> bool:
        return signs[a] == signs[b] and ways[a] == ways[b] and not marks[a].error

    kept: list[Mark] = []
    moved: dict[int, int] = {}
    first: set[int] = set()
    at = unit = 0
    while at < len(marks):
        length, times = _repeated(at, len(marks), equal)
        for position in range(at, at + length):
            mark = marks[position]
            if times > 1:
                mark = replace(mark, repeat=times, unit=unit + 1)
            for copy in range(times):
                moved[position + copy * length] = len(kept)
            first.add(position)
            kept.append(mark)
        unit += times > 1
        at += length * times
    links = dict.fromkeys(
        replace(link, source=moved[link.source], target=moved[link.target])
        for link in scene.links
        if link.target in first  # what a later copy reads of the one before it is left out
    )
    return replace(scene, marks=tuple(kept), links=tuple(links))


def _repeated(at: int, end: int, equal: Callable[[int, int], bool]) -> tuple[int, int]:
    """The length and the number of copies of the part from a mark on that repeats the most."""
    best = (1, 1)
    for length in range(2, min(_LONGEST, (end - at) // 2) + 1):
        times = 1
        while at + (times + 1) * length <= end and all(
            equal(at + i, at + times * length + i) for i in range(length)
        ):
            times += 1
        if times > 1 and length * (times - 1) > best[0] * (best[1] - 1):
            best = (length, times)
    return best
