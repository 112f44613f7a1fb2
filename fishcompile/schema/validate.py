"""Schema: a merged tree against schemas/fishspec-2.schema.json, every misfit one diagnostic.

`validate` takes the tree that a spec and its bases merge to, without `extends`. Where the schema
in the file is lenient, for the sake of variants in an editor, this one is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fishcompile.diagnostics.finding import Diagnostic, report
from fishcompile.schema.block_names import bad_block_names
from fishcompile.schema.file import merged_schema
from fishcompile.schema.fits import fits
from fishcompile.schema.kinds import specialised
from fishcompile.schema.names import bad_names
from fishcompile.schema.plugin_kinds import bad_plugins
from fishcompile.schema.version import wrong_version

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fishcompile.reader.tree import Path, Tree
    from fishcompile.schema.messages import Problem

MAX_FINDINGS = 100  # nobody reads more, and each costs time to word


def validate(tree: Tree) -> tuple[Diagnostic, ...]:
    """What in a merged tree does not fit the language, in the order of the text.

    A wrong version is reported alone: by another version's rules nothing else means anything.
    """
    version = wrong_version(tree)
    if version is not None:
        return (version,)
    schema = merged_schema()
    crowded = _crowded(tree, schema)
    if crowded:
        from fishcompile.schema.messages import Problem, word

        return report(word(tree, schema, [Problem("many", path) for path in crowded])).diagnostics
    schema = specialised(schema, tree.value)
    named = [*bad_names(tree), *bad_block_names(tree), *bad_plugins(tree)]
    problems, worded = _misfits(tree, schema)
    found = report([*named, *worded]).diagnostics
    left_out = len(found[MAX_FINDINGS:]) + len(problems[MAX_FINDINGS:])
    if not left_out:
        return found
    message = f"{left_out:,} more findings are left out"
    kept = found[:MAX_FINDINGS]
    return (*kept, Diagnostic("FC104", message, kept[-1].span))


def _misfits(tree: Tree, schema: dict[str, Any]) -> tuple[list[Problem], Iterable[Diagnostic]]:
    """What does not fit, and the first of that in words."""
    if fits(schema, tree.value):
        return [], ()
    # imported only now: what most specs do without takes longer to import than they to check
    from fishcompile.schema.messages import root_causes, word
    from fishcompile.schema.problems import problems_of

    found = sorted(problems_of(tree, schema), key=lambda problem: _place(tree, problem))
    problems = root_causes(found)
    return problems, word(tree, schema, problems[:MAX_FINDINGS])


def _crowded(tree: Tree, schema: dict[str, Any]) -> list[Path]:
    """The sections with more entries than allowed, seen before each entry is looked at."""
    limits = {key: below.get("maxProperties") for key, below in schema["properties"].items()}
    sections = ((key, tree.value.get(key), limit) for key, limit in limits.items() if limit)
    return [
        (key,) for key, value, limit in sections if isinstance(value, dict) and len(value) > limit
    ]


def _place(tree: Tree, problem: Problem) -> tuple[str, int, int]:
    span = tree.key_span(problem.path)
    return (span.source.name, span.line, span.column)
