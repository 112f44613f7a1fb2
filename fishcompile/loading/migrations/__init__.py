"""Migrations: a spec of an older version of the language, brought to the current one step by step.

A step is a file of this folder with a `STEP`: the version it starts from, and what the next calls
otherwise. `fishcompile migrate` rewrites a text where its tree and the migrated tree differ, so
that the two cannot go apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from fishcompile.loading.migrations import v1
from fishcompile.loading.migrations.change import Step
from fishcompile.reader.tree import Path, Plain, Tree
from fishcompile.schema.version import OLDEST, VERSION

STEPS = (v1.STEP,)


def version_of(tree: Tree) -> int | None:
    """The version that a tree says it is of, where it is one that can be read."""
    version = tree.value.get("fishspec")
    known = type(version) is int and OLDEST <= version <= VERSION
    return version if known and isinstance(version, int) else None


def migrate(tree: Tree) -> Tree:
    """One file's tree as the current version says it; one that says no known version as it is."""
    for step, older in stages(tree):
        tree = _renamed(older, step.forward(older.value), step.since + 1)
    return tree


def stages(tree: Tree) -> Iterator[tuple[Step, Tree]]:
    """Every step that an older tree has before it, with the tree as that step finds it."""
    version = version_of(tree) or VERSION
    for step in STEPS[version - OLDEST :]:
        yield step, tree
        tree = _renamed(tree, step.forward(tree.value), step.since + 1)


def _renamed(tree: Tree, renames: dict[Path, str], version: int) -> Tree:
    """The tree with other keys at some paths, as of `version`."""
    ends = sorted({len(path) for path in renames})

    def moved(path: Path) -> Path:
        steps = list(path)
        for end in ends:
            if path[:end] in renames:
                steps[end - 1] = renames[path[:end]]
        return tuple(steps)

    def rebuilt(value: Plain, path: Path) -> Plain:
        if isinstance(value, dict):
            return {
                str(renames.get((*path, key), key)): rebuilt(item, (*path, key))
                for key, item in value.items()
            }
        return value

    value = rebuilt(tree.value, ()) if renames else dict(tree.value)
    assert isinstance(value, dict)
    value["fishspec"] = version
    places = {moved(path): place for path, place in tree.places.items()} if renames else tree.places
    return replace(tree, value=value, places=places)
