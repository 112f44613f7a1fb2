"""Faults inside blocks that a spec defines: the line to change, and how it got there.

The number at fault is followed outwards: while it is a formula of the block's parameters, it is
what the block was given that counts. So is an input at fault, while it is one of the block's own.
"""

from __future__ import annotations

from collections.abc import Iterator

from fishcompile.diagnostics.finding import Related
from fishcompile.expand.fish import WRITTEN
from fishcompile.ir.fault import ExpansionError
from fishcompile.language.formulas import formula
from fishcompile.language.graph_spec import StageNode
from fishcompile.language.nodes import INPUT
from fishcompile.ops.formula import variables
from fishcompile.reader.tree import Path, Tree


def inside(error: ExpansionError, node: StageNode, tree: Tree) -> Path:
    """Where the fault is written: the number, or else the input, or else the innermost node.

    Where there is too much of everything, it is the node by which a block holds itself.
    """
    if error.cause.rule == "FC305":
        again = (path for path in error.trail if error.trail.count(path) > 1)
        return next(again, error.trail[0])
    if error.operand is not None:
        return _input(error.operand, error, node, tree)
    return _number(error, node, tree)


def _number(error: ExpansionError, node: StageNode, tree: Tree) -> Path:
    users = [*error.trail, node.path]
    fields, block, at = error.inner, "", error.place
    if at is not None:
        block, *users = str(at[1]), *users[1:]
        fields = tuple(field for field in error.fields if _default(block, field) in tree.places)
    for path in users if fields or at is None else ():
        written = [place for field in fields for place in places_of(path, field)]
        written = [place for place in written if place in tree.places]
        if not written:
            defaults = (_default(block, field) for field in fields)
            return next((default for default in defaults if default in tree.places), at or path)
        if written[0] == at:
            break  # a block that holds itself hands the number on to itself
        at = written[0]
        value = tree.get(at)
        expression = formula(value) if isinstance(value, str) else None
        fields, block = variables(expression) if expression else (), str(path[1])
        if not fields:
            break
    return at or node.path


def _default(block: str, field: str) -> Path:
    return ("blocks", block, "parameters", field)


def _input(position: int, error: ExpansionError, node: StageNode, tree: Tree) -> Path:
    for path in error.trail:
        at, source = _read(path, position, tree)
        entering = _inputs(path, tree)
        if source not in entering:
            return at
        position = entering.index(source)
    return node.inputs[position].path or node.path


def _read(path: Path, position: int, tree: Tree) -> tuple[Path, str]:
    """Where the node of a block at `path` names what it reads in a position, and what that is."""
    for at in ((*path, "from", position), (*path, "to") if position else (*path, "from")):
        if at in tree.places:
            return at, str(tree.get(at))
    graph = tree.get(path[:-1])
    before = list(graph)[: list(graph).index(str(path[-1]))] if isinstance(graph, dict) else []
    return path, before[-1] if before else _inputs(path, tree)[0]


def _inputs(path: Path, tree: Tree) -> list[str]:
    """The names of what enters the block that the node at `path` stands in."""
    block = tree.get(path[:2])
    named = block.get("inputs") if isinstance(block, dict) else None
    return [str(name) for name in named] if isinstance(named, list) else [INPUT]


def chain(error: ExpansionError, node: StageNode, blamed: Path, tree: Tree) -> list[Related]:
    """How what stands at `blamed` led to the fault: where, and by which uses of blocks."""
    users = [*error.trail[1:], node.path] if error.trail else []
    found = list(_met(error, blamed, tree))
    found += [
        Related(tree.key_span(user), f"`{user[-1]}` is {_as(user, tree)} `{path[1]}`")
        for path, user in zip(error.trail, users, strict=True)
    ]
    return list(dict.fromkeys(found))  # a block that holds itself comes by the same line again


def _as(user: Path, tree: Tree) -> str:
    """How a node is a block: as its kind, or as what its residual blocks are."""
    kind = (*user, "kind")
    return "a" if kind in tree.places and tree.get(kind) != "blocks" else "made of"


def _met(error: ExpansionError, blamed: Path, tree: Tree) -> Iterator[Related]:
    """Where in the innermost block the number or the input at fault is met."""
    if error.place and error.place != blamed:
        yield Related(tree.value_span(error.place), "the number goes into this formula")
    elif error.operand is not None and blamed[: len(error.trail[0])] != error.trail[0]:
        yield Related(tree.key_span(error.trail[0]), "it is read here")


def places_of(path: Path, field: str) -> tuple[Path, ...]:
    """Where a block's parameter may be written, below the path of the node that is the block."""
    other = WRITTEN.get(field, (field,))
    return ((*path, field), (*path, *other))
