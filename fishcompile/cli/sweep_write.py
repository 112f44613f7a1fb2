"""The front of a sweep as variants: small specs that extend the one that was swept."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fishcompile.cli.sweep_run import Task
from fishcompile.cli.sweep_table import Row
from fishcompile.diagnostics.errors import UsageError
from fishcompile.files import resolved, write_atomic
from fishcompile.loading.axes import combination
from fishcompile.loading.reach import find_root, standing_for
from fishcompile.pipeline import examine
from fishcompile.reader.write import flow

_OF_THE_FILE = ("fishspec", "name")  # which each variant says for itself


def require_place(spec: Path, name: str, folder: Path) -> None:
    """Raises UsageError where variants of a spec cannot stand in a folder, or such do already.

    Asked before a sweep, so that none is run for nothing.
    """
    above = next(each for each in (folder, *folder.parents) if each.exists())
    if not above.is_dir():
        raise UsageError(f"{above} is a file", "name a folder: --write variants")
    root = find_root(folder / f"{name}.yaml")
    if not resolved(spec).is_relative_to(root):
        message = f"{spec} lies outside {root}, and a variant there cannot extend it"
        raise UsageError(message, f"write them beside the spec: --write {spec.parent}")
    there = sorted(path for path in folder.glob(f"{name}_*.yaml") if _numbered(path, name))
    if there:
        raise UsageError(f"{there[0]} exists; it is not overwritten", "name another folder")


def _numbered(path: Path, name: str) -> bool:
    return path.stem[len(name) + 1 :].isdecimal()


def write_variants(task: Task, name: str, rows: Sequence[Row], folder: Path) -> list[Path]:
    """Writes a variant for each row, numbered from 1 in their order; the files that were written.

    Each is checked before the first is written. Raises UsageError where that cannot be done.
    """
    width = max(2, len(str(len(rows))))
    texts: dict[Path, str] = {}
    for number, row in enumerate(rows, 1):
        called = f"{name}_{number:0{width}}"
        path = folder / f"{called}.yaml"
        texts[path] = _text(task, called, row, folder)
        report, _ = examine(path, standing_for(path, texts[path]))
        if not report.ok:
            raise UsageError(f"{path} would not hold: {report.diagnostics[0].message}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder} cannot be made: {error.strerror}") from None
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
        *(f"{key}: {flow(item)}" for key, item in value.items() if key not in _OF_THE_FILE),
    ]
    return "\n".join([*lines, ""])
