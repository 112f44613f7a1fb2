"""Composite blocks of a spec: what their names and formulas mean, and whether they resolve.

A formula is an integer expression of + - * // and names: the block's parameters, and the widths
that enter it (`in_channels`, or `NAME_channels` where the block names its inputs). A division has
to be exact.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from fishcompile.diagnostics import Diagnostic, Related
from fishcompile.formula import Formula, InexactError, compute, parse, variables
from fishcompile.ir.fault import ExpansionError
from fishcompile.language.graph_spec import Definition
from fishcompile.nearest import nearest
from fishcompile.ops.base import ShapeError
from fishcompile.respell import renamed
from fishcompile.schema_blocks import width_name
from fishcompile.schema_kinds import formula_bounds
from fishcompile.tree import Path, Plain, Tree, walk

_FORMULA = re.compile(r"[a-z0-9_+\-*/() ]{1,200}")


@lru_cache(10_000)
def formula(text: str) -> Formula | None:
    """The formula that a text is, None where it is none."""
    try:
        return parse(text.strip()) if _FORMULA.fullmatch(text) else None
    except (ValueError, RecursionError, MemoryError):
        return None


def evaluated(
    entry: dict[str, Any], path: Path, environment: Mapping[str, int], name: str
) -> dict[str, Any]:
    """The entry with its formulas as numbers, each within what its key allows.

    Raises ExpansionError, which calls the node `name`, with the place of a formula that does not
    divide or leaves its key's range.
    """
    kind = entry.get("kind", "")

    def value_of(value: Any, at: tuple[str, ...]) -> Any:
        if isinstance(value, dict):
            return {key: value_of(item, (*at, key)) for key, item in value.items()}
        bounds = formula_bounds(kind, at) if isinstance(value, str) else None
        if bounds is None:
            return value
        place = (*path, *at)
        try:
            return _number(value, bounds, place, environment)
        except ShapeError as error:
            raise ExpansionError(error, name, (), place=place) from None

    return {key: value_of(value, (key,)) for key, value in entry.items()}


def _number(text: str, bounds: tuple[int, int], path: Path, environment: Mapping[str, int]) -> int:
    expression = formula(text)
    assert expression is not None, "check_definitions has read every formula"
    known = ", ".join(f"{name} = {environment[name]}" for name in variables(expression))
    try:
        number = compute(expression, environment)
    except InexactError as error:
        message = f"`{path[-1]}: {text}` does not divide: {error}"
        raise ShapeError("FC302", message) from None
    low, high = bounds
    if not low <= number <= high:
        message = f"`{path[-1]}: {text}` is {number}" + (f" for {known}" if known else "")
        message += f", and it must be from {low:,} to {high:,}"
        raise ShapeError("FC302", message)
    return number


def check_definitions(definitions: tuple[Definition, ...], tree: Tree) -> Iterator[Diagnostic]:
    """Names and formulas of composite blocks that mean nothing, and what of them is not read."""
    for definition in definitions:
        yield from _names(definition, tree)
        yield from _formulas(definition, tree)


def _names(definition: Definition, tree: Tree) -> Iterator[Diagnostic]:
    known = dict.fromkeys(definition.inputs)
    read: set[str] = {definition.output}
    for node in definition.nodes:
        if node.name in known:
            message = f"`{node.name}` names two things in the block `{definition.name}`"
            yield Diagnostic("FC202", message, tree.key_span(node.path), help=("rename one",))
        for edge in node.inputs:
            read.add(edge.source)
            if edge.source not in known and edge.path is not None:
                yield _unknown(edge.source, edge.path, list(known), definition, tree)
        known[node.name] = None
    if definition.output not in known:
        yield _unknown(
            definition.output, (*definition.path, "output"), list(known), definition, tree
        )
    for index, name in enumerate(definition.inputs):
        if name not in read:
            message = f"the input `{name}` is read by no node of the block `{definition.name}`"
            span = tree.value_span((*definition.path, "inputs", index))
            yield Diagnostic("FC205", message, span, help=("read it with `from`, or remove it",))
    for node in definition.nodes:
        if node.name not in read:
            message = f"`{node.name}` is read by no node of the block `{definition.name}`"
            help_ = ("read it with `from`, name it as `output`, or remove it",)
            yield Diagnostic("FC205", message, tree.key_span(node.path), help=help_)


def _unknown(
    name: str, path: Path, known: list[str], definition: Definition, tree: Tree
) -> Diagnostic:
    near = nearest(name, known)
    span = tree.value_span(path)
    message = f"no node of the block `{definition.name}` before this one is named `{name}`"
    way_out = f"did you mean `{near}`?" if near else f"the names are {', '.join(known)}"
    fixes = renamed(span, name, near, known) if near else ()
    block = Related(tree.key_span(definition.path), "the block begins here")
    return Diagnostic("FC203", message, span, related=(block,), help=(way_out,), fixes=fixes)


def _formulas(definition: Definition, tree: Tree) -> Iterator[Diagnostic]:
    names = [width_name(name) for name in definition.inputs]
    names += [name for name, _ in definition.parameters]
    read: set[str] = set()
    for node in definition.nodes:
        keys: dict[str, Plain] = dict(node.keys)
        entry = {**keys, **({} if node.when is None else {"when": node.when})}
        for at, value in walk(entry):
            words = tuple(map(str, at))
            if isinstance(value, str) and formula_bounds(str(keys["kind"]), words) is not None:
                expression = formula(value)
                read.update(variables(expression) if expression else ())
                yield from _formula(value, (*node.path, *at), names, definition, tree)
    for name, _ in definition.parameters:
        if name not in read:
            message = f"no formula of the block `{definition.name}` reads `{name}`"
            span = tree.key_span((*definition.path, "parameters", name))
            yield Diagnostic("FC206", message, span, help=("write it in a formula, or remove it",))


def _formula(
    text: str, path: Path, names: list[str], definition: Definition, tree: Tree
) -> Iterator[Diagnostic]:
    span = tree.value_span(path)
    expression = formula(text)
    if expression is None:
        message = f"`{path[-1]}` must be a whole number or a formula of + - * // and names"
        advice = f"the names are {', '.join(names)}"
        yield Diagnostic("FC112", message, span, help=(advice,))
        return
    for name in variables(expression):
        if name not in names:
            near = nearest(name, names)
            message = f"`{name}` is no parameter of the block `{definition.name}`"
            way_out = f"did you mean `{near}`?" if near else f"the names are {', '.join(names)}"
            yield Diagnostic("FC203", message, span, help=(way_out,))
