"""Targets: a graph as something that runs or is read, a file each, found by the name of its file.

A file holds one `TARGET`.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from fishcompile.targets.base import Target

DEFAULT = "source"

# what targets are made with; a folder would be a room of its own
_BESIDE = {"base", "engine", "first_values", "onnx_model", "onnx_sides"}


def found() -> tuple[str, ...]:
    """The names of the targets in this folder, what is built unasked first."""
    names = {module.name for module in iter_modules(__path__) if not module.ispkg} - _BESIDE
    return tuple(sorted(names, key=lambda name: (name != DEFAULT, name)))


def the_target(name: str) -> Target:
    """The target of that name, one of `found`."""
    made: Target = import_module(f"{__name__}.{name}").TARGET
    return made
