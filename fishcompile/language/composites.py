"""Composite blocks of a spec: whether the names and formulas in them resolve.

What nothing reads is said of a block only once all its names resolve: it may be what a misspelt
name means.
"""

from __future__ import annotations

from collections.abc import Iterator

from fishcompile.diagnostics.finding import Diagnostic, Related
from fishcompile.diagnostics.names import shown
from fishcompile.diagnostics.nearest import nearest
from fishcompile.language.formulas import formula
from fishcompile.language.graph_spec import Definition
from fishcompile.ops.formula import variables
from fishcompile.reader.respell import renamed
from fishcompile.reader.tree import Path, Plain, Tree, taken_away, walk
from fishcompile.schema.block_names import width_name
from fishcompile.schema.kinds import formula_bounds


def check_definitions(definitions: tuple[Definition, ...], tree: Tree) -> Iterator[Diagnostic]:
    """Names and formulas of composite blocks that mean nothing, and what of them is not read."""
    for definition in definitions:
        yield from _names(definition, tree)
        yield from _formulas(definition, tree)


def _names(definition: Definition, tree: Tree) -> Iterator[Diagnostic]:
    known = dict.fromkeys(definition.inputs)
    read: set[str] = {definition.output}
    resolved = True
    for node in definition.nodes:
        if node.name in known:
            message = f"`{node.name}` names two things in the block `{definition.name}`"
            yield Diagnostic("FC202", message, tree.key_span(node.path), help=("rename one",))
        for edge in node.inputs:
            read.add(edge.source)
            if edge.source not in known and edge.path is not None:
                resolved = False
                yield _unknown(edge.source, edge.path, list(known), definition, tree)
        known[node.name] = None
    if definition.output not in known:
        resolved = False
        at = (*definition.path, "output")
        yield _unknown(definition.output, at, list(known), definition, tree)
    if resolved:  # else it may be meant by the name that names nothing
        yield from _unread(definition, read, tree)


def _unread(definition: Definition, read: set[str], tree: Tree) -> Iterator[Diagnostic]:
    widths = _variables(definition)
    for index, name in enumerate(definition.inputs):
        # of one that is like another map, the width may be all that is asked for
        if name not in read and width_name(name) not in widths:
            message = f"the input `{name}` is read by no node of the block `{definition.name}`"
            span = tree.value_span((*definition.path, "inputs", index))
            yield Diagnostic("FC205", message, span, help=("read it with `from`, or remove it",))
    for node in definition.nodes:
        if node.name not in read:
            message = f"`{node.name}` is read by no node of the block `{definition.name}`"
            help_ = ("read it with `from`, name it as `output`, or remove it",)
            yield Diagnostic("FC205", message, tree.key_span(node.path), help=help_)


def _variables(definition: Definition) -> set[str]:
    """The names that the formulas of a block read."""
    texts = (
        value
        for node in definition.nodes
        for _, value in walk({**dict(node.keys), "when": node.when})
        if isinstance(value, str)
    )
    found = (formula(text) for text in texts)
    return {name for expression in found if expression for name in variables(expression)}


def _unknown(
    name: str, path: Path, known: list[str], definition: Definition, tree: Tree
) -> Diagnostic:
    near = nearest(name, known)
    span = tree.value_span(path)
    which = "" if path[-1] == "output" else " before this one"
    message = f"no node of the block `{definition.name}`{which} is named {shown(name)}"
    way_out = f"did you mean `{near}`?" if near else f"the names are {_listed(known)}"
    if any(node.name == name for node in definition.nodes):
        way_out = "the nodes of a block read what stands before them: move one of the two"
    fixes = renamed(span, name, near, known) if near else ()
    block = Related(tree.key_span(definition.path), "the block begins here")
    related = taken_away(tree, (*definition.path, "graph", name)) or (block,)
    return Diagnostic("FC203", message, span, related=related, help=(way_out,), fixes=fixes)


def _listed(names: list[str]) -> str:
    return ", ".join(names[:20]) + (", ..." if len(names) > 20 else "")


def _formulas(definition: Definition, tree: Tree) -> Iterator[Diagnostic]:
    names = [width_name(name) for name in definition.inputs]
    names += [name for name, _ in definition.parameters]
    read: set[str] = set()
    resolved = True
    for node in definition.nodes:
        keys: dict[str, Plain] = dict(node.keys)
        entry = {**keys, **({} if node.when is None else {"when": node.when})}
        for at, value in walk(entry):
            words = tuple(map(str, at))
            if isinstance(value, str) and formula_bounds(str(keys["kind"]), words) is not None:
                expression = formula(value)
                read.update(variables(expression) if expression else ())
                for found in _formula(value, (*node.path, *at), names, definition, tree):
                    resolved = False
                    yield found
    for name, _ in definition.parameters:
        if resolved and name not in read:
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
        advice = f"the names are {_listed(names)}"
        yield Diagnostic("FC112", message, span, help=(advice,))
        return
    for name in variables(expression):
        if name not in names:
            near = nearest(name, names)
            message = f"`{name}` is no parameter of the block `{definition.name}`"
            way_out = f"did you mean `{near}`?" if near else f"the names are {_listed(names)}"
            taken = taken_away(tree, (*definition.path, "parameters", name))
            yield Diagnostic("FC203", message, span, related=taken, help=(way_out,))
