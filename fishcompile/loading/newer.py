"""Newer words: what a spec of an older version says that only a later one knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from fishcompile.diagnostics.finding import Diagnostic
from fishcompile.diagnostics.names import shown
from fishcompile.diagnostics.source import Span
from fishcompile.loading.migrations import OLDEST, STEPS, stages, version_of
from fishcompile.reader.tree import Path, Plain, Tree
from fishcompile.schema.file import merged_schema
from fishcompile.schema.version import VERSION
from fishcompile.schema.wording import mapping_of, node_at


def newer_words(tree: Tree) -> Diagnostic | None:
    """FC113 for the first key or word in one file's tree that its version does not have.

    Only for what a later version has; what none has is an unknown key as in any other spec.
    """
    version = version_of(tree)
    if version is None or version == VERSION:
        return None
    found = sorted(_found(tree, version), key=lambda item: (item[1].line, item[1].column))
    if not found:
        return None
    what, span, old = found[0]
    message = f"{what}, and this spec is of version {version}"
    migrate = (
        f"write `fishspec: {VERSION}`: `fishcompile migrate` does so, and renames what changed"
    )
    called = (f"or `{old}`, as version {version} calls it",) if old else ()
    return Diagnostic("FC113", message, span, help=(migrate, *called))


def two_names(tree: Tree) -> Diagnostic | None:
    """FC113 where a key stands beside the name that a later version has for it."""
    for step, stage in stages(tree):
        for path, old in step.clashes(stage.value).items():
            if (*path[:-1], old) in stage.places:
                return _two_names(stage, path, old, step.since)
    return None


def _two_names(tree: Tree, path: Path, old: str, version: int) -> Diagnostic:
    message = f"`{path[-1]}` is what version {version + 1} calls `{old}`, which stands here too"
    help_ = (f"remove one of them; version {version} reads `{old}`",)
    return Diagnostic("FC113", message, tree.key_span(path), help=help_)


def _found(tree: Tree, version: int) -> Iterator[tuple[str, Span, str | None]]:
    """What is newer, where it stands, and what the older version calls it."""
    versions = range(version, VERSION + 1)
    clashes = STEPS[version - OLDEST].clashes(tree.value)
    schemas = tuple(merged_schema(n) for n in versions)
    todo: list[tuple[Path, Plain, tuple[dict[str, Any], ...]]] = [((), tree.value, schemas)]
    # the list grows while it is walked; what no schema knows is not gone into
    for path, value, nodes in todo:
        if isinstance(value, str):
            since = next((n for n in versions if value in _words(nodes[n - version])), version)
            if since > version:
                message = f"{shown(value)} is a word of version {since}"
                yield message, tree.value_span(path), None
        for key, item in _items(value):
            here = (*path, key)
            since = next((n for n in versions if _has(n, nodes[n - version], here)), version)
            below = tuple(node_at(node, (key,)) for node in nodes)
            if since > version:
                message = f"{shown(str(key))} is a key of version {since}"
                yield message, tree.key_span(here), clashes.get(here)
            elif any(below):
                todo.append((here, item, below))


def _items(value: Plain) -> Iterable[tuple[str | int, Plain]]:
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()


def _has(version: int, node: dict[str, Any], path: Path) -> bool:
    """Whether a version has the key at `path`; `node` is what it says of the mapping around it."""
    added = STEPS[version - 1 - OLDEST].added if version > OLDEST and len(path) == 1 else ()
    return path[-1] in mapping_of(node) or path[-1] in added


def _words(node: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(node.get("enum") or node.get("else", {}).get("enum") or ())
