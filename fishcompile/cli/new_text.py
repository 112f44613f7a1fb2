"""The text of a new variant: its modeline, its keys, and as comments what scaling moved."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from fishcompile.diagnostics.errors import UsageError
from fishcompile.files import resolved
from fishcompile.loading.adjustment import Adjustment
from fishcompile.loading.reach import find_root
from fishcompile.pipeline import Analysis
from fishcompile.reader.write import flow
from fishcompile.schema.version import VERSION

_MODELINE = re.compile(r"^# yaml-language-server: \$schema=([!-~]+)$")
_URL = re.compile(r"[a-z]+:")


def draft(name: str, base: Path, target: Path, scale: Mapping[str, str], analysis: Analysis) -> str:
    """A variant of `base` that stands at `target`. Raises UsageError where none can stand there."""
    root = find_root(target)
    if not resolved(base).is_relative_to(root):
        message = f"{base} lies outside {root}, and a variant there cannot extend it"
        raise UsageError(message, f"copy the spec first: cp {base} {target.parent}")
    what = " and ".join(f"{key} times {factor}" for key, factor in scale.items())
    lines = [
        *_modeline(analysis, base, target),
        f"# {analysis.stages.name} with {what}." if scale else f"# As {analysis.stages.name}.",
        f"fishspec: {VERSION}",
        f"name: {name}",
        f"extends: {_path(base, target)}",
    ]
    if scale:
        inside = ", ".join(f"{key}: {factor}" for key, factor in scale.items())
        lines.append(f"scale: {{{inside}}}")
    return "\n".join([*lines, ""])


def variant(text: str, adjustments: Iterable[Adjustment]) -> str:
    """The draft with the numbers that are not exact as comments at its end."""
    moved = [f"#   {one.name}: {one}" for one in adjustments if one.reason]
    if not moved:
        return text
    heading = "# Not exact when this was written; `fishcompile show` lists all as they are now:"
    return "\n".join([text, heading, *moved, ""])


def _path(base: Path, target: Path) -> str:
    """The base's path from the new file, as YAML."""
    text = Path(os.path.relpath(resolved(base), resolved(target).parent)).as_posix()
    if not text.isprintable():
        message = f"{base} has a character in its path that a spec cannot name"
        raise UsageError(message, "rename the file or its folder")
    return flow(text)


def _modeline(analysis: Analysis, base: Path, target: Path) -> list[str]:
    """The base's line for editors, a path to the schema made one from the new file."""
    found = _MODELINE.match(analysis.tree.source.line(1))
    if not found or _URL.match(found[1]):
        return [found[0]] if found else []
    schema = resolved(resolved(base).parent / found[1])
    there = Path(os.path.relpath(schema, resolved(target).parent)).as_posix()
    line = f"# yaml-language-server: $schema={there}"
    return [line] if schema.is_file() and _MODELINE.match(line) else []
