"""What a sweep found, as text, CSV and JSON: a row for each combination, the front marked."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from fishcompile.analysis.pareto import front
from fishcompile.cli.console import aligned
from fishcompile.cli.sweep_run import Swept, Task, examples
from fishcompile.formats._snippets import visible
from fishcompile.loading.axes import combination
from fishcompile.loading.settings import Setting
from fishcompile.reader.tree import Plain
from fishcompile.record import record

FORMATS = ("text", "csv", "json")


@record
class Order:
    """Which measures are shown, which sort, and which the front is over; `-name` means more first.

    Of the sorted rows `top` are shown as text, all of them where it is 0.
    """

    columns: tuple[str, ...]
    sort: str
    objectives: tuple[str, ...]
    front_alone: bool
    top: int


@record
class Row:
    """A combination that holds: its number, its measures, and whether it is on the front."""

    number: int
    measures: dict[str, float]
    front: bool


def measured(order: Order) -> tuple[str, ...]:
    """The measures that are needed, each once."""
    wanted = (*order.columns, order.sort, *order.objectives)
    return tuple(dict.fromkeys(name.removeprefix("-") for name in wanted if name))


def rows_of(task: Task, swept: Swept, order: Order) -> list[Row]:
    """The rows in the order that was asked for; equal ones by number."""
    found = sorted(swept.found.items())
    named = [(number, dict(zip(task.measures, values, strict=True))) for number, values in found]
    points = [[_signed(measures, name) for name in order.objectives] for _, measures in named]
    best = front(points)
    rows = [Row(number, m, at in best) for at, (number, m) in enumerate(named)]
    if order.front_alone:
        rows = [row for row in rows if row.front]
    if order.sort:
        rows.sort(key=lambda row: _signed(row.measures, order.sort))
    return rows


def _signed(measures: dict[str, float], name: str) -> float:
    return -measures[name[1:]] if name.startswith("-") else measures[name]


def text_of(task: Task, swept: Swept, rows: Sequence[Row], order: Order) -> Iterator[str]:
    """A table, and what became of all combinations."""
    shown = rows[: order.top] if order.top else rows
    heads = ["", *(axis.name for axis in task.axes), *order.columns]
    cells = [
        ["*" if row.front else "", *_settings(task, row), *_figures(row, order)] for row in shown
    ]
    if shown:
        yield from aligned([heads, *cells], left=range(len(task.axes) + 1))
        yield ""
    if len(shown) < len(rows):
        yield f"{len(rows) - len(shown):,} more; --top 0 shows all, --format csv or json writes all"
    yield said(task, swept)
    yield from reasons(task, swept)
    if any(row.front for row in rows):
        yield f"* on the Pareto front of {', '.join(order.objectives)}"


def said(task: Task, swept: Swept) -> str:
    """What became of the combinations, in a line."""
    words = [f"{task.count:,} combination{'s' * (task.count != 1)}: {len(swept.found):,} hold"]
    if swept.passed_over:
        words.append(f"{_are(swept.passed_over)} passed over by --where")
    if swept.illegal:
        by = ", ".join(f"{rule} {count:,}" for rule, count in sorted(swept.illegal.items()))
        words.append(f"{_are(swept.illegal.total())} illegal ({by})")
    if swept.stopped:
        words.append(f"stopped after {swept.done:,}")
    return ", ".join(words)


def reasons(task: Task, swept: Swept) -> Iterator[str]:
    """For each rule that combinations break, one that does and what is found in it, as a line."""
    for settings, found in examples(task, swept):
        ways = f"; {found.help[0]}" if found.help else ""
        yield visible(f"{found.rule}, as {' '.join(map(str, settings))}: {found.message}{ways}")


def _are(count: int) -> str:
    return f"{count:,} {'is' if count == 1 else 'are'}"


def csv_of(task: Task, rows: Sequence[Row]) -> str:
    """All rows with all measures, whole numbers as they are."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*(axis.name for axis in task.axes), *task.measures, "front"])
    for row in rows:
        values = [row.measures[name] for name in task.measures]
        writer.writerow([*_settings(task, row), *values, int(row.front)])
    return text.getvalue()


def json_of(task: Task, swept: Swept, rows: Sequence[Row], order: Order) -> str:
    """The rows as objects, and the counts."""
    value: dict[str, Any] = {
        "spec": str(task.spec),
        "combinations": task.count,
        "looked_at": swept.done,
        "illegal": dict(sorted(swept.illegal.items())),
        "examples": {
            found.rule: {"set": _values(settings), "message": found.message, "help": found.help}
            for settings, found in examples(task, swept)
        },
        "passed_over": swept.passed_over,
        "objectives": list(order.objectives),
        "rows": [
            {
                "set": _values(combination(task.axes, row.number)),
                **{name: _plain(row.measures[name]) for name in task.measures},
                "front": row.front,
            }
            for row in rows
        ],
    }
    return json.dumps(value, indent=2)


def _values(settings: Iterable[Setting]) -> dict[str, Plain]:
    return {".".join(setting.path): setting.value for setting in settings}


def _settings(task: Task, row: Row) -> list[str]:
    return [setting.text for setting in combination(task.axes, row.number)]


def _figures(row: Row, order: Order) -> list[str]:
    values = [row.measures[name.removeprefix("-")] for name in order.columns]
    return [f"{v:,.2f}" if isinstance(v, float) else f"{v:,}" for v in values]


def _plain(value: float) -> float | None:
    return None if value == float("inf") else value
