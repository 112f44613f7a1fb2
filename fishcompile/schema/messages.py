"""Schema messages: what is said about a key or value that does not fit the schema.

validate.py finds the problems; here each becomes a diagnostic with a place and a way out. Wrong
values are worded in wording.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from fishcompile.diagnostics.finding import Diagnostic, Related
from fishcompile.diagnostics.names import shown
from fishcompile.diagnostics.nearest import nearest
from fishcompile.diagnostics.source import Span
from fishcompile.reader.respell import renamed
from fishcompile.reader.tree import Path, Plain, Tree
from fishcompile.schema.version import start_of_spec
from fishcompile.schema.wording import (
    ENTRIES,
    example,
    mapping_of,
    node_at,
    subject,
    wrong_value,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST = 1000  # keys that are compared with what they may mean
_OWNERS = {
    "tail": "a stage",
    "stem": "a layer of the stem",
    "bridge": "the bridge",
    "classifier": "the classifier",
    "input": "`input`",
    "budget": "`budget`",
}

Kind = Literal["unknown", "missing", "wrong", "unread", "many"]


class Problem(NamedTuple):
    """A misfit: an unknown or missing key at `path`, or the value there."""

    kind: Kind
    path: Path


def root_causes(problems: list[Problem]) -> list[Problem]:
    """Without what follows from a misspelt `extends`, `use` or `blocks`: what it would supply."""
    unknown = [problem for problem in problems if problem.kind == "unknown"]
    tops = (str(problem.path[0]) for problem in unknown if len(problem.path) == 1)
    top = list(islice(tops, _MOST))
    supplied = any(nearest(key, top) for key in ("extends", "use", "blocks"))
    return unknown if supplied else problems


def word(tree: Tree, schema: dict[str, Any], problems: list[Problem]) -> Iterator[Diagnostic]:
    """A diagnostic for each problem; an unknown key and the missing one it resembles are one."""
    meant = _meant(problems)
    covered = {(*path[:-1], key) for path, key in meant.items()}
    for problem in problems:
        match problem.kind:
            case "unknown":
                yield _unknown(tree, schema, problem.path, meant.get(problem.path))
            case "missing" if problem.path not in covered:
                yield _missing(tree, schema, problem.path)
            case "wrong" if _crowded(tree, schema, problem.path):
                yield _many(tree, schema, problem.path)
            case "wrong":
                yield wrong_value(tree, schema, problem.path)
            case "unread":
                yield _unread(tree, problem.path)
            case "many":
                yield _many(tree, schema, problem.path)


def _meant(problems: list[Problem]) -> dict[Path, str]:
    """The paths of unknown keys that resemble a missing key of their entry, each with that key."""
    missing: dict[Path, list[str]] = {}
    for kind, path in problems:
        if kind == "missing":
            missing.setdefault(path[:-1], []).append(str(path[-1]))
    meant: dict[Path, str] = {}
    for kind, path in problems:
        absent = missing.get(path[:-1], []) if kind == "unknown" else []
        near = nearest(str(path[-1]), absent)
        if near:
            meant[path] = near
            absent.remove(near)
    return meant


def _unknown(tree: Tree, schema: dict[str, Any], path: Path, meant: str | None) -> Diagnostic:
    key, at = str(path[-1]), path[:-1]
    message = f"unknown key {shown(key)} in {subject(at)}"
    span = tree.key_span(path)
    chosen = _kind_of_a_variant(tree, path)
    if chosen:
        written = (Related(span, "the base writes it here"),)
        way_out = f"take it away with `{key}: null`, or leave the kind as it is"
        return Diagnostic("FC110", message, chosen, related=written, help=(way_out,))
    if meant:
        notes = (f"`{meant}` is required in {subject(at)}, and missing",)
        return Diagnostic(
            "FC110",
            message,
            span,
            notes=notes,
            help=(f"did you mean `{meant}`?",),
            fixes=renamed(span, key, meant, mapping_of(node_at(schema, at))),
        )
    known = {k: n for k, n in mapping_of(node_at(schema, at)).items() if k != "after"}
    free = _free(tree, path, known)
    help_, near = _way_out(schema, key, at, known, free)
    # all keys compete for being meant, but one that stands beside it already cannot be written
    fixes = renamed(span, key, near, known) if near in free else ()
    return Diagnostic("FC110", message, span, help=help_, fixes=fixes)


def _kind_of_a_variant(tree: Tree, path: Path) -> Span | None:
    """Where a variant gives the entry another kind than the base, whose key at `path` stays."""
    kind = tree.places.get((*path[:-1], "kind"))
    name, base = kind.value.source.name if kind else "", tree.key_span(path).source.name
    while kind and base in tree.includes and base != name:
        base = tree.includes[base].span.source.name
        if base == name:
            return kind.value
    return None


def _free(tree: Tree, path: Path, known: Iterable[str]) -> list[str]:
    """The keys that could be written beside the one at `path`: a base's may be written again."""
    source = tree.key_span(path).source
    at = path[:-1]
    return [
        key
        for key in known
        if (*at, key) not in tree.places or tree.key_span((*at, key)).source is not source
    ]


def _way_out(
    schema: dict[str, Any], key: str, at: Path, known: dict[str, Any], free: list[str]
) -> tuple[tuple[str, ...], str | None]:
    """Where an unknown key belongs, which key was meant, or else all the keys there are.

    With the key that was meant.
    """
    if (where := _elsewhere(key, at)) is not None:
        return (where, f"known keys: {', '.join(f'`{name}`' for name in known)}"), None
    inside = [name for name, below in known.items() if key in mapping_of(below)]
    if inside:
        below = mapping_of(known[inside[0]])[key]
        places = " or ".join(f"`{name}`" for name in inside)
        return (f"it belongs in {places}: `{inside[0]}: {{{example(key, below)}}}`",), None
    near = nearest(key, free) or nearest(key, known)
    if near:
        return (f"did you mean `{near}`?",), near
    keys = f"known keys: {', '.join(f'`{name}`' for name in known)}"
    for end in range(len(at) - 1, 0, -1):
        if key in mapping_of(node_at(schema, at[:end])):
            return (f"it belongs in {subject(at[:end])} itself", keys), None
    for name in _OWNERS if at else ():
        node = mapping_of(schema)[name]
        if key in mapping_of(node_at(node, ("",)) or node):
            return (f"it is a key of {_OWNERS[name]}", keys), None
    return (keys,), None


def _elsewhere(key: str, at: Path) -> str | None:
    """Where a key belongs that some nodes have and others do not."""
    in_graph = len(at) == 2 and at[0] == "graph"
    in_block = len(at) == 4 and (at[0], at[2]) == ("blocks", "graph")
    match key:
        case "when" if in_graph:
            return "it is a key of the nodes of a block; a variant takes a node away with `null`"
        case "repeat" if in_graph or in_block:
            return "it is a key of nodes that are a block of `blocks` with one input"
        case "expect" if in_block:
            return "write it for the nodes of `graph` that are this block"
    return None


def _missing(tree: Tree, schema: dict[str, Any], path: Path) -> Diagnostic:
    key, at = str(path[-1]), path[:-1]
    node = node_at(schema, path)
    sentence = str(node.get("description", "")).split(". ")[0].rstrip(".")
    return Diagnostic(
        "FC111",
        f"missing key `{key}` in {subject(at)}",
        tree.key_span(at) if at else start_of_spec(tree),
        notes=(f"`{key}`: {sentence}",) if sentence else (),
        help=(f"add it, for example `{example(key, node)}`",),
    )


def _unread(tree: Tree, path: Path) -> Diagnostic:
    key, at = path[-1], path[:-1]
    if key == "after":
        message = "`after` is for variants; here entries stand in the order they are written"
        return Diagnostic("FC206", message, tree.key_span(path), help=("remove it",))
    if path == ("scale",):
        return scales_nothing(tree)
    message = f"`{key}` means nothing for {subject(at)}, which is a `{tree.get((*at, 'kind'))}`"
    help_ = f"remove it; `{key}` is a key of convolutions"
    return Diagnostic("FC206", message, tree.key_span(path), help=(help_,))


def scales_nothing(tree: Tree) -> Diagnostic:
    """FC206, for a spec that scales without a base."""
    message = "`scale` is for variants: it scales the base, and this spec extends none"
    help_ = "name the base with `extends: base.yaml`, or write the numbers themselves"
    return Diagnostic("FC206", message, tree.key_span(("scale",)), help=(help_,))


def _crowded(tree: Tree, schema: dict[str, Any], path: Path) -> bool:
    entries, node = tree.get(path), node_at(schema, path)
    return isinstance(entries, dict) and len(entries) > node.get("maxProperties", len(entries))


def _many(tree: Tree, schema: dict[str, Any], path: Path) -> Diagnostic:
    entries: Plain = tree.get(path)
    assert isinstance(entries, dict), "only mappings are counted"
    most = node_at(schema, path)["maxProperties"]
    what = ENTRIES.get(str(path[-1]), "parameter")
    message = f"{subject(path)} has {len(entries):,} {what}s, and at most {most:,} are allowed"
    return Diagnostic("FC104", message, tree.key_span(path))
