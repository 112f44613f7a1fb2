"""What `diff` prints of a comparison: as text, as Markdown for a pull request, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fishcompile.cli.console import aligned

if TYPE_CHECKING:
    from fishcompile.analysis.comparison import Comparison, Stage

FORMATS = ("text", "markdown", "json")
_FIGURES = ("figure", "before", "after", "change")
_STAGES = ("stage", "change", "output", "parameters", "MACs")


def text_of(names: tuple[str, str], found: Comparison) -> list[str]:
    """The comparison as lines for a terminal."""
    lines = [f"{names[0]} -> {names[1]}", *aligned(_figure_rows(found), left=(0,))]
    if found.stages:
        lines += ["", *aligned(_stage_rows(found), left=(0, 1, 2))]
    return [*lines, "", *_sentences(found)]


def markdown_of(names: tuple[str, str], found: Comparison) -> list[str]:
    """The comparison as a comment on a pull request."""
    lines = [f"### {names[0]} → {names[1]}", "", *_table(_figure_rows(found), 1)]
    if found.stages:
        lines += ["", *_table(_stage_rows(found), 3)]
    return [*lines, "", *(f"- {sentence}" for sentence in _sentences(found))]


def json_of(names: tuple[str, str], found: Comparison) -> str:
    """The comparison as an object; lists of two are before and after."""
    weights = found.weights
    return json.dumps(
        {
            "before": names[0],
            "after": names[1],
            "figures": found.figures,
            "stages": {n: [_plain(a), _plain(b)] for n, (a, b) in found.stages.items()},
            "sizes": found.sizes,
            "gradient_paths": found.gradients,
            "taps": found.taps,
            "weights": {
                "kept": list(weights.kept),
                "new": list(weights.new),
                "dropped": list(weights.dropped),
                "of_another_shape": list(weights.reshaped),
            },
        },
        indent=2,
    )


def _plain(stage: Stage | None) -> Any:
    if stage is None:
        return None
    return {"output": stage.output, "parameters": stage.parameters, "macs": stage.macs}


def _figure_rows(found: Comparison) -> list[tuple[str, ...]]:
    rows = [(name, f"{a:,}", f"{b:,}", _change(a, b)) for name, (a, b) in found.figures.items()]
    return [_FIGURES, *rows]


def _change(before: int, after: int) -> str:
    if before == after:
        return "="
    part = f" ({(after - before) / before:+.1%})" if before else ""
    return f"{after - before:+,}{part}"


def _stage_rows(found: Comparison) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [_STAGES]
    for name, (a, b) in found.stages.items():
        if a is None or b is None:
            one = a or b
            assert one is not None
            word, sign = ("added", "+") if a is None else ("removed", "-")
            figures = (f"{sign}{one.parameters:,}", f"{sign}{one.macs:,}")
            rows.append((name, word, one.output, *figures))
            continue
        output = a.output if a.output == b.output else f"{a.output} -> {b.output}"
        costs = (_change(a.parameters, b.parameters), _change(a.macs, b.macs))
        rows.append((name, "changed", output, *costs))
    return rows


def _sentences(found: Comparison) -> list[str]:
    a, b = found.sizes
    lines = [f"sizes: {a}" if a == b else f"sizes: {a} -> {b}"]
    for name, (x, y) in found.gradients.items():
        lines.append(f"gradient to {name}: {_way(x)} -> {_way(y)}")
    if not found.gradients:
        lines.append("gradient paths: as before")
    lines += [f"tap {name}: {x or 'none'} -> {y or 'none'}" for name, (x, y) in found.taps.items()]
    weights = found.weights
    total = len(weights.kept) + len(weights.dropped) + len(weights.reshaped)
    lines.append(
        f"weights: {len(weights.kept):,} of {total:,} tensors fit; {len(weights.new):,} are new, "
        f"{len(weights.dropped):,} go, {len(weights.reshaped):,} are of another shape"
    )
    return lines


def _way(blocked: str | None) -> str:
    if blocked is None:
        return "no such stage"
    return f"through {blocked}" if blocked else "free"


def _table(rows: Sequence[tuple[str, ...]], left: int) -> list[str]:
    head, *body = ("| " + " | ".join(row) + " |" for row in rows)
    return [head, "|" + "---|" * left + "--:|" * (len(rows[0]) - left), *body]
