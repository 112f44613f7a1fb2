"""What a report says of a spec, at each size of its slider, as plain values for the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fishcompile.analysis.figures import figures
from fishcompile.analysis.resized import SizeError
from fishcompile.analysis.sizes import sizes
from fishcompile.cli.show_figures import memory_of, rows_of
from fishcompile.formats._snippets import visible

if TYPE_CHECKING:
    from fishcompile.analysis.figures import Figures
    from fishcompile.pipeline import Analysis

_STEPS = 28  # sizes of the slider, beside those where something begins to hold
_CELLS = 40_000  # cells of one spec at all of its sizes; of a larger network there are fewer sizes
_BETWEEN = 8  # pixels between sizes at least
VARYING = (2, 4, 5, 6, 7, 8, 9, 10)  # the columns of the stage table that change with the size


def sides_of(analyses: Sequence[Analysis]) -> list[int]:
    """The sides of the slider: to twice the largest input, with each input's own.

    The least side that each network takes is there, and the one below it, which it does not.
    """
    own = {side for analysis in analyses for side in analysis.stages.input.sides}
    most = max((len(a.inference.graph.children[""]) for a in analyses), default=1)
    steps = max(4, min(_STEPS, _CELLS // (most * len(VARYING))))
    top = 2 * max(own, default=0)
    step = max(_BETWEEN, -(-top // steps // _BETWEEN) * _BETWEEN)
    found = {*own, *range(step, top + 1, step)}
    for analysis in analyses:
        holding = sizes(analysis.inference.graph)
        if holding is not None:
            least = next(s for s in range(holding.least, holding.until) if holding.holds(s))
            found |= {least, least - 1} - {0}
    return sorted(found)


def at_sides(analysis: Analysis, sides: Iterable[int]) -> dict[str, Any]:
    """The figures at each square size: rows and total of what varies, bytes, or what refuses it."""
    graph = analysis.inference.graph
    found: dict[str, Any] = {}
    for side in sides:
        try:
            found[str(side)] = _at(figures(graph, (side, side)))
        except SizeError as error:
            found[str(side)] = {"refused": visible(str(error))}
    return found


def _at(found: Figures) -> dict[str, Any]:
    *rows, total = rows_of(found, "stage").rows
    return {
        "rows": [[row[at] for at in VARYING] for row in rows],
        "total": [total[at] for at in VARYING],
        "bytes": memory_of(found),
    }


def lines_of(analysis: Analysis) -> dict[str, str]:
    """Where each stage is written, as the file's name and the line."""
    places = analysis.tree.places
    found = {}
    for node in analysis.stages.nodes:
        span = places[node.path].value if node.path in places else None
        if span is not None:
            found[node.name] = visible(f"{Path(span.source.name).name}:{span.line}")
    return found
