"""A report as one HTML file that asks for nothing: pictures, tables, and what moves them.

Without scripts it is a page of pictures and tables at each spec's own size. All text of a spec is
escaped; the one script is named by its hash in the page's content policy.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fishcompile.analysis.figures import figures
from fishcompile.analysis.free_paths import ends_of, gradient_paths
from fishcompile.cli.html_tables import plain_lines, table_lines
from fishcompile.cli.report_data import VARYING, at_sides, lines_of, sides_of
from fishcompile.cli.show_figures import rows_of, side_by_side
from fishcompile.cli.show_gradients import HEADS, cells_of
from fishcompile.cli.show_sizes import sizes_text
from fishcompile.formats._snippets import visible
from fishcompile.package import VERSION
from fishcompile.pictures.draw import draw
from fishcompile.pictures.svg import svg

if TYPE_CHECKING:
    from fishcompile.pipeline import Analysis

_ASSETS = Path(__file__).parent / "assets"
# what the plot of several specs can have on an axis: a name, and the key of a figure
AXES = {
    "MACs": "macs",
    "parameters": "parameters",
    "activations": "activations",
    "inference, bytes": "inference",
    "training with SGD, bytes": "training_sgd",
}


def page(names: Sequence[str], analyses: Sequence[Analysis]) -> str:
    """The file's text. Specs that do not hold have their picture and what is wrong with them."""
    whole = {
        name: analysis
        for name, analysis in zip(names, analyses, strict=True)
        if not analysis.inference.failures and analysis.inference.stages
    }
    sides = sides_of(list(whole.values())) if whole else []
    data = {
        "sides": sides,
        "varying": VARYING,
        "specs": {name: _data(analysis, sides) for name, analysis in whole.items()},
    }
    script = (_ASSETS / "report.js").read_text(encoding="utf-8")
    title = " · ".join(visible(a.stages.title or a.stages.name) for a in analyses)
    lines = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(script)}">',
        f'<meta name="generator" content="fishcompile {VERSION}">',
        f"<title>{escape(title)}</title>",
        f"<style>{(_ASSETS / 'report.css').read_text(encoding='utf-8')}</style></head><body>",
        f"<header><h1>{escape(title)}</h1>",
        *(_slider(sides) if whole else ()),
        "</header><main>",
        *(_compared(whole) if len(whole) > 1 else ()),
    ]
    for name, analysis in zip(names, analyses, strict=True):
        lines += _section(name, analysis, name in whole)
    # no `<` of a string can end the element
    values = json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")
    lines += [
        "</main>",
        f'<script type="application/json" id="data">{values}</script>',
        f"<script>{script}</script>",
        "</body></html>",
        "",
    ]
    return "\n".join(lines)


def _policy(script: str) -> str:
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"


def _data(analysis: Analysis, sides: Sequence[int]) -> dict[str, Any]:
    height, width = analysis.stages.input.sides
    found = figures(analysis.inference.graph)
    return {
        "side": height if height == width else 0,
        "stages": [str(row[0]) for row in rows_of(found, "stage").rows[:-1]],
        "parameters": found.cost.parameters,
        "lines": lines_of(analysis),
        "at": at_sides(analysis, sides),
    }


def _slider(sides: Sequence[int]) -> Iterator[str]:
    yield '<p class="slider" hidden><label for="side">Input size</label>'
    yield f'<input type="range" id="side" min="0" max="{len(sides) - 1}" step="1">'
    yield '<output id="shown" for="side"></output>'
    yield '<button type="button" id="own">each its own</button></p>'


def _compared(whole: dict[str, Analysis]) -> Iterator[str]:
    table = side_by_side({name: figures(a.inference.graph) for name, a in whole.items()})
    yield '<section aria-labelledby="compared"><h2 id="compared">Side by side</h2>'
    yield from table_lines(table, "figures of the specs", 'id="figures"')
    options = "".join(
        f'<option value="{key}">{escape(name)}</option>' for name, key in AXES.items()
    )
    yield '<figure class="plot" hidden><figcaption>Specs on the Pareto front are filled: '
    yield "no other is better in both."
    for axis, label in (("across", "Across"), ("up", "Up")):
        yield f'<label>{label} <select id="{axis}">{options}</select></label>'
    yield '</figcaption><svg id="plot" viewBox="0 0 640 360" role="img"></svg></figure></section>'


def _section(name: str, analysis: Analysis, whole: bool) -> Iterator[str]:
    key = escape(name)
    title = escape(visible(analysis.stages.title or analysis.stages.name))
    yield f'<section class="spec" data-spec="{key}"><h2>{title}</h2>'
    yield '<p class="refused" role="status" hidden></p>'
    yield f'<div class="picture">{svg(draw(analysis))}</div>'
    if not whole:
        findings = (d for d in analysis.report.diagnostics if d.severity == "error")
        yield "<ul>"
        for each in findings:
            where = escape(visible(f"{Path(each.span.source.name).name}:{each.span.line}"))
            yield f"<li>{where}: {escape(visible(each.message))} ({each.rule})</li>"
        yield "</ul></section>"
        return
    yield '<p class="detail" aria-live="polite">Point at a stage, or reach it by Tab.</p>'
    graph = analysis.inference.graph
    yield f'<p class="sizes">{escape(" · ".join(sizes_text({name: graph})))}</p>'
    yield "<h3>Stages</h3>"
    yield from table_lines(rows_of(figures(graph), "stage"), f"stages of {name}", 'class="stages"')
    yield f"<h3>Gradient paths, from {escape(', '.join(ends_of(graph)))}</h3>"
    rows = [cells_of(path) for path in gradient_paths(graph)]
    yield from plain_lines(HEADS, rows, f"gradient paths of {name}")
    yield "</section>"
