"""Faults inside blocks that a spec defines: the line to change, and how it got there.

The number at fault is followed outwards: while it is a formula of the block's parameters, it is
what the block was given that counts.
"""

from __future__ import annotations

from fishcompile.diagnostics import Related
from fishcompile.expand.fish import WRITTEN
from fishcompile.formula import variables
from fishcompile.ir.fault import ExpansionError
from fishcompile.language.composites import formula
from fishcompile.language.graph_spec import StageNode
from fishcompile.tree import Path, Tree


def inside(error: ExpansionError, node: StageNode, tree: Tree) -> Path:
    """Where the number at fault is written, or the innermost node where it is no number."""
    fields, block = error.inner, ""
    at: Path | None = None
    for path in (*error.trail, node.path):
        written = [at for field in fields for at in places_of(path, field) if at in tree.places]
        if not written:
            defaults: list[Path] = [("blocks", block, "parameters", field) for field in fields]
            return next((default for default in defaults if default in tree.places), at or path)
        at = written[0]
        value = tree.get(at)
        expression = formula(value) if isinstance(value, str) else None
        fields, block = variables(expression) if expression else (), str(path[1])
        if not fields:
            break
    return at or node.path


def chain(error: ExpansionError, node: StageNode, tree: Tree) -> list[Related]:
    """The uses of blocks that led to the fault, innermost first."""
    users = [*error.trail[1:], node.path] if error.trail else []
    found = (
        Related(tree.key_span(user), f"`{user[-1]}` is a `{path[1]}`")
        for path, user in zip(error.trail, users, strict=True)
    )
    return list(dict.fromkeys(found))  # a block that holds itself comes by the same line again


def places_of(path: Path, field: str) -> tuple[Path, ...]:
    """Where a block's parameter may be written, below the path of the node that is the block."""
    other = WRITTEN.get(field, (field,))
    return ((*path, field), (*path, *other))
