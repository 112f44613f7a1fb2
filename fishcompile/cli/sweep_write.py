"""The front of a sweep as variants: small specs that extend the one that was swept."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fishcompile.cli.sweep_run import Task
from fishcompile.cli.sweep_table import Row
from fishcompile.diagnostics.errors import UsageError
from fishcompile.files import write_atomic
from fishcompile.loading.axes import combination
from fishcompile.loading.reach import standing_for
from fishcompile.pipeline import examine
from fishcompile.reader.write import flow


def write_variants(task: Task, name: str, rows: Sequence[Row], folder: Path) -> list[Path]:
    """Writes a variant for each row, numbered from 1 in their order; the files that were written.

    Each is checked before the first is written. Raises UsageError where a file is there, or where a
    variant cannot extend the spec from the folder.
    """
    width = max(2, len(str(len(rows))))
    texts: dict[Path, str] = {}
    for number, row in enumerate(rows, 1):
        called = f"{name}_{number:0{width}}"
        path = folder / f"{called}.yaml"
        if path.exists():
            raise UsageError(f"{path} exists; it is not overwritten", "name another folder")
        texts[path] = _text(task, called, row, folder)
        report, _ = examine(path, standing_for(path, texts[path]))
        if not report.ok:
            message = report.diagnostics[0].message
            way_out = f"write them beside the spec: --write {task.spec.parent}"
            raise UsageError(f"{path} would not hold: {message}", way_out)
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in texts.items():
        write_atomic(path, text.encode())
    return list(texts)


def _text(task: Task, name: str, row: Row, folder: Path) -> str:
    value: dict[str, Any] = {}
    for setting in combination(task.axes, row.number):
        node = value
        for key in setting.path[:-1]:
            node = node.setdefault(key, {})
        node[setting.path[-1]] = setting.value
    figures = ", ".join(f"{key} {number:,}" for key, number in row.measures.items())
    base = os.path.relpath(os.path.realpath(task.spec), os.path.realpath(folder))
    lines = [
        f"# On the front of a sweep of {task.spec.name}: {figures}.",
        "fishspec: 2",
        f"name: {name}",
        f"extends: {flow(Path(base).as_posix())}",
        *(f"{key}: {flow(item)}" for key, item in value.items()),
    ]
    return "\n".join([*lines, ""])
