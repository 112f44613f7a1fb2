"""Misfits: what in a merged tree does not fit the language, said in the words of each file.

A tree may be merged of files of several versions. What is found in a file is what the schema of
its own version finds, with the tree in the words of that version, so that no message and no fix
names a key as the file does not have it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from fishcompile.diagnostics.finding import Diagnostic, report
from fishcompile.loading.migrations import STEPS, as_of
from fishcompile.reader.respell import renamed
from fishcompile.reader.tree import Tree
from fishcompile.schema.validate import validate


def misfits(tree: Tree) -> tuple[Diagnostic, ...]:
    """What does not fit, in the order of the text."""
    sources = {place.value.source.name for place in tree.places.values()} if tree.older else set()
    found = [
        misfit
        for version in sorted(set(tree.older.values()))
        for misfit in validate(as_of(tree, version), version)
        if tree.older.get(misfit.span.source.name) == version
    ]
    if found and sources <= tree.older.keys():
        return report(found).diagnostics
    # what no older schema objects to still has to fit the one that the compiler reads by
    current = validate(tree)
    found += [misfit for misfit in current if misfit.span.source.name not in tree.older]
    return tuple(_with_new_names(tree, report(found).diagnostics or current))


def _with_new_names(tree: Tree, found: tuple[Diagnostic, ...]) -> Iterator[Diagnostic]:
    """The findings; for an unknown key that an older version knew, with its name of today."""
    renames = [(step.since + 1, r) for step in STEPS for r in step.renames] if found else []
    now = {
        tree.key_span((*path, rename.old)): (since, rename, rename.new not in node)
        for since, rename in renames
        for path, node in rename.mappings(tree.value)
        if rename.old in node
    }
    for misfit in found:
        if misfit.rule != "FC110" or misfit.span not in now:
            yield misfit
            continue
        since, rename, free = now[misfit.span]
        help_ = (f"since version {since} it is called `{rename.new}`",)
        fixes = renamed(misfit.span, rename.old, rename.new, (rename.new,)) if free else ()
        yield replace(misfit, help=help_, fixes=tuple(replace(fix, safe=True) for fix in fixes))
