"""Specs that several tests share: the shipped ones, and a fish small enough to run in no time."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fishcompile.pipeline import Analysis, compiled

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parent.parent
SPECS = ROOT / "specs"
SHIPPED = ("fishnet99", "fishnet150", "fishnet201")

# Strides: stem 2, tail 4 and 8, bridge 8, body 4 and 2, head 4 and 8.
MINNOW: dict[str, str] = {
    "input": "{channels: 3, size: 64}",
    "stem": "{conv1: {kind: conv, out: 8, stride: 2}}",
    "tail": "{tail1: {out: 16, blocks: 1}, tail2: {out: 32, blocks: 2}}",
    "bridge": "{out: 32, blocks: 2}",
    "body": (
        "{body2: {blocks: 1, transfer: {from: tail1, blocks: 1}}, "
        "body1: {blocks: 2, k: 2, dilation: 2, transfer: {from: stem, blocks: 2}}}"
    ),
    "head": (
        "{head1: {blocks: 1, transfer: {from: body2, blocks: 1}}, "
        "head2: {blocks: 2, transfer: {from: bridge, blocks: 1}}}"
    ),
    "classifier": "{classes: 10}",
    "taps": "{fine: body1, coarse: head2}",
}


def shipped(name: str) -> Path:
    """The path of a spec that ships with fishcompile."""
    return SPECS / f"{name}.yaml"


def minnow_text(changes: Mapping[str, str | None] | None = None, name: str = "minnow") -> str:
    """The small fish as text; `changes` replace whole sections, None removes one."""
    sections = {**MINNOW, **(changes or {})}
    lines = [f"{key}: {value}" for key, value in sections.items() if value is not None]
    return "\n".join(["fishspec: 2", f"name: {name}", *lines, ""])


def write_minnow(
    folder: Path, changes: Mapping[str, str | None] | None = None, name: str = "minnow"
) -> Path:
    """The small fish as a file in `folder`."""
    path = folder / f"{name}.yaml"
    path.write_text(minnow_text(changes, name), encoding="utf-8")
    return path


def minnow(folder: Path, changes: Mapping[str, str | None] | None = None) -> Analysis:
    """The small fish, analysed."""
    return compiled(write_minnow(folder, changes))


def docs_script(name: str) -> Any:
    """The script docs/NAME.py as a module."""
    found = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module
