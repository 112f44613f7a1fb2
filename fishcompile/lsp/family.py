"""Family: a spec, what it brings in and what brings it in, and every place that names one stage."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from fishcompile.files import resolved
from fishcompile.loading.reach import find_root
from fishcompile.lsp.documents import Documents, Layer
from fishcompile.lsp.name_places import Kind
from fishcompile.lsp.stage_names import Occurrence, occurrences, written_in
from fishcompile.reader.read import MAX_BYTES

MAX_FILES = 2_000  # YAML files below the root that are looked into for variants
MAX_FOLDERS = 5_000
_SUFFIXES = (".yaml", ".yml")
_BRINGS_IN = (b"extends", b"use")
_SKIPPED = frozenset({"node_modules", "__pycache__", "venv", "build", "dist"})


def family(documents: Documents, path: Path) -> dict[Path, tuple[Layer, ...]]:
    """The file at `path` and every one below its root that extends or uses it, with its layers.

    A file that does not read is left out; so is what lies beyond the limits.
    """
    found = {path: documents.layers(path)}
    for file in _candidates(documents, path):
        if file != path:
            layers = documents.layers(file)
            if any(layer.path == path for layer in layers[1:]):
                found[file] = layers
    return found


def places(
    documents: Documents, path: Path, kind: Kind, name: str
) -> tuple[Path, tuple[tuple[Path, Occurrence], ...]]:
    """The file where a stage known to the spec at `path` is written, and every place naming it."""
    layers = documents.layers(path)
    origin = written_in(layers, kind, name)
    home = origin[0].path if origin else path
    found: list[tuple[Path, Occurrence]] = []
    for file, its_layers in family(documents, home).items():
        its_origin = written_in(its_layers, kind, name)
        if not its_layers or (its_origin[0].path if its_origin else file) != home:
            continue
        tree = its_layers[0].tree
        found += [(file, o) for o in occurrences(tree) if (o.kind, o.name) == (kind, name)]
    return home, tuple(found)


def _candidates(documents: Documents, path: Path) -> Iterator[Path]:
    """Files below the root that may bring in others, those that are open first."""
    root = find_root(path)
    seen = [buffer.path for buffer in documents.specs() if buffer.path.is_relative_to(root)]
    yield from seen
    opened = frozenset(seen)
    for file in _files(root):
        if file not in opened and _mentions_another(file):
            yield file


def _files(root: Path) -> Iterator[Path]:
    count = 0
    for folder, folders, names in islice(os.walk(root), MAX_FOLDERS):
        folders[:] = sorted(f for f in folders if f not in _SKIPPED and not f.startswith("."))
        for name in sorted(names):
            if name.endswith(_SUFFIXES):
                count += 1
                if count > MAX_FILES:
                    return
                yield resolved(Path(folder, name))


def _mentions_another(file: Path) -> bool:
    try:
        text = file.read_bytes() if file.stat().st_size <= MAX_BYTES else b""
        return any(word in text for word in _BRINGS_IN)
    except OSError:
        return False
