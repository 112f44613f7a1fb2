"""Names inside the blocks that a spec defines: of nodes, inputs and parameters, judged in code.

Each becomes a word of the emitted class, so none may be what Python, torch or that class needs.
"""

from __future__ import annotations

from collections.abc import Iterator

from fishcompile.diagnostics.finding import Diagnostic, Related
from fishcompile.diagnostics.names import check_name, shown, suggest_name
from fishcompile.diagnostics.source import Span
from fishcompile.reader.tree import Path, Plain, Tree
from fishcompile.schema.file import residual_kinds
from fishcompile.schema.kinds import built_in
from fishcompile.schema.plugins import NODE_KEYS

INPUT = "input"
# What an emitted constructor calls.
_CALLED = ("super", "range")
_FREE = ("features", "skip", "taps")  # names of the network's own class, and of no block's
_INPUTS = (INPUT, "x", *_FREE)  # no module is called so, but an argument may be


def width_name(name: str) -> str:
    """The name of the width of an input in formulas and in the emitted constructor."""
    return "in_channels" if name == INPUT else f"{name}_channels"


def argument_name(name: str) -> str:
    """The name of an input in the emitted `forward`."""
    return "x" if name == INPUT else name


def bad_block_names(tree: Tree) -> Iterator[Diagnostic]:
    """FC201 for names that cannot be one, FC202 for those that stand for two things."""
    graph, blocks = tree.value.get("graph"), tree.value.get("blocks")
    for node, entry in _entries(graph):
        yield from _names("layer", ("graph", node, "layers"), entry.get("layers"), tree)
    for name, block in _entries(blocks):
        at: Path = ("blocks", name)
        if name in built_in() or name in residual_kinds():
            message = f"`{name}` is a kind that every spec has"
            help_ = ("choose another name for the block",)
            yield Diagnostic("FC201", message, tree.key_span(at), help=help_)
        yield from _names("node", (*at, "graph"), block.get("graph"), tree)
        yield from _names("parameter", (*at, "parameters"), block.get("parameters"), tree)
        yield from _inputs(at, block, tree)


def _entries(value: Plain) -> Iterator[tuple[str, dict[str, Plain]]]:
    for name, entry in value.items() if isinstance(value, dict) else ():
        if isinstance(entry, dict):
            yield name, entry


def _names(what: str, path: Path, entries: Plain, tree: Tree) -> Iterator[Diagnostic]:
    for name in entries if isinstance(entries, dict) else ():
        reason = None if what == "node" and name in _FREE else check_name(name)
        if what == "parameter" and name in NODE_KEYS:
            reason = "is a key of nodes"
        elif what == "parameter" and name in _CALLED:
            reason = "is a name that emitted files use themselves"
        if reason:
            yield _bad(what, name, reason, tree.key_span((*path, name)))


def _inputs(at: Path, block: dict[str, Plain], tree: Tree) -> Iterator[Diagnostic]:
    inputs, parameters = block.get("inputs"), block.get("parameters")
    listed = isinstance(inputs, list) and all(isinstance(item, str) for item in inputs)
    names = [str(name) for name in inputs] if listed and isinstance(inputs, list) else [INPUT]
    first: dict[str, Span] = {}
    for index, name in enumerate(names):
        path: Path = (*at, "inputs", index)
        span = tree.value_span(path)
        reason = None if name in _INPUTS else check_name(name)
        if reason:
            yield _bad("input", name, reason, span)
        elif argument_name(name) in first:
            there = Related(first[argument_name(name)], "the name is taken here")
            message = f"two inputs are named {shown(argument_name(name))}"
            note = ("`input` is called `x` in the emitted file",) if INPUT in names else ()
            yield Diagnostic("FC202", message, span, related=(there,), notes=note, help=_RENAME)
        first.setdefault(argument_name(name), span)
        taken = (*at, "parameters", width_name(name))
        if isinstance(parameters, dict) and width_name(name) in parameters:
            message = f"`{width_name(name)}` is the width of the input `{name}`"
            yield Diagnostic("FC202", message, tree.key_span(taken), help=_RENAME)


_RENAME = ("rename one",)


def _bad(what: str, name: str, reason: str, span: Span) -> Diagnostic:
    near = suggest_name(name)
    help_ = (f"for example `{near}`",) if near and near != name else ()
    return Diagnostic("FC201", f"the {what} name {shown(name)} {reason}", span, help=help_)
