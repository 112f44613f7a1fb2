"""Drawing: from an analysis to the picture."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from fishcompile.diagnostics.errors import UsageError
from fishcompile.pictures.drawing import Body, Drawing, Item, Line, Text, path
from fishcompile.pictures.fish import fish
from fishcompile.pictures.fold import folded
from fishcompile.pictures.gather import gather
from fishcompile.pictures.legend import legend
from fishcompile.pictures.lettering import width_of, wrapped
from fishcompile.pictures.rows import rows
from fishcompile.pictures.scene import Scene
from fishcompile.pictures.trunk import branches_of, has_trunk, trunk_of

if TYPE_CHECKING:
    from fishcompile.pipeline import Analysis

MARGIN = 16.0
MOST = 2_000  # marks of a picture
_TITLE, _SUBTITLE, _MESSAGE = 18.0, 12.0, 12.5
_LEAST = 420.0  # the width of a picture


def draw(analysis: Analysis, changed: Collection[str] = ()) -> Drawing:
    """The picture of a spec's network; of one that does not hold, with what is wrong in red.

    The marks of stages that are `changed` have a thick outline.

    Raises UsageError for one of more stages than a picture can show.
    """
    scene = gather(analysis)
    if changed:
        marks = (replace(mark, changed=mark.names[0] in changed) for mark in scene.marks)
        scene = replace(scene, marks=tuple(marks))
    scene = folded(scene)
    if len(scene.marks) > MOST:
        message = f"{analysis.stages.name} has {len(scene.marks):,} stages that differ"
        raise UsageError(message, f"a picture shows {MOST:,}; put some in blocks of `blocks:`")
    return drawing(scene)


def drawing(scene: Scene) -> Drawing:
    """The picture of a scene: its title, the network, the table, the legend, what is wrong."""
    trunk = trunk_of(scene)
    branches = branches_of(scene, trunk)
    top = MARGIN + _TITLE + 34
    body = (
        fish(scene, trunk, branches, MARGIN, top)
        if has_trunk(scene, trunk, branches)
        else rows(scene, MARGIN, top)
    )
    titles = [width_of(scene.title, _TITLE, bold=True), width_of(scene.subtitle, _SUBTITLE)]
    width = max(_LEAST, body.right + MARGIN, *(wide + 2 * MARGIN for wide in titles))
    items: list[Item] = [
        Text(MARGIN, MARGIN + _TITLE, scene.title, _TITLE, "ink title", "start"),
        Text(MARGIN, MARGIN + _TITLE + 18, scene.subtitle, _SUBTITLE, "muted", "start"),
        *body.items,
    ]
    y = body.bottom + 8
    if body.words:
        y, brackets = _brackets(scene, body, y)
        items += brackets
        items += body.words.texts(y, MARGIN)
        y += body.words.height + 12
    found, height = legend(scene, MARGIN, y, width - 2 * MARGIN)
    items += found
    y += height + 4
    for number, message in enumerate(scene.errors, 1):
        for at, line in enumerate(wrapped(message, _MESSAGE, width - 2 * MARGIN - 20)):
            y += 17
            if not at:
                items.append(Text(MARGIN, y, f"{number}", _MESSAGE, "red name", "start"))
            items.append(Text(MARGIN + 20, y, line, _MESSAGE, "red", "start"))
    return Drawing(width, y + MARGIN, scene.title, _description(scene), tuple(items))


def _brackets(scene: Scene, body: Body, y: float) -> tuple[float, list[Item]]:
    """Under each part that repeats, with how often."""
    units: dict[int, list[int]] = {}
    for at, mark in enumerate(scene.marks):
        if mark.unit:
            units.setdefault(mark.unit, []).append(at)
    items: list[Item] = []
    for marks in units.values():
        left, right = body.middles[marks[0]] - 14, body.middles[marks[-1]] + 14
        items.append(Line(path("M", left, y, "V", y + 6, "H", right, "V", y), "edge"))
        times = f"\u00d7{scene.marks[marks[0]].repeat}"
        items.append(Text((left + right) / 2, y + 20, times, 13, "ink name"))
    return (y + 26 if units else y), items


def _description(scene: Scene) -> str:
    count = sum(len(mark.names) * mark.repeat for mark in scene.marks)
    wrong = f" Wrong: {'; '.join(scene.errors)}." if scene.errors else ""
    return f"{scene.title}, {scene.subtitle}: {count} stages from left to right.{wrong}"
