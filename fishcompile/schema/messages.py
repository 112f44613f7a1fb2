"""Schema messages: what is said about a key or value that does not fit the schema.

validate.py finds the problems; here each becomes a diagnostic with a place and a way out. What was
meant by an unknown key is found in unknown_keys.py, by a wrong value in wrong_values.py.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from fishcompile.diagnostics.finding import Diagnostic
from fishcompile.diagnostics.nearest import nearest
from fishcompile.reader.tree import Path, Plain, Tree
from fishcompile.schema.unknown_keys import follows, required_keys, unknown_key
from fishcompile.schema.version import start_of_spec
from fishcompile.schema.wording import ENTRIES, example, node_at, subject
from fishcompile.schema.wrong_places import SECTIONS, flat_section, is_flat
from fishcompile.schema.wrong_values import wrong_value

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST = 1000  # keys that are compared with what they may mean

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
    flat = [section for section in SECTIONS if is_flat(tree, schema, section)]
    yield from (flat_section(tree, schema, section) for section in flat)
    problems = [problem for problem in problems if problem.path[:1] not in {(at,) for at in flat}]
    unknown_at = [problem.path for problem in problems if problem.kind == "unknown"]
    absent = [problem.path for problem in problems if problem.kind == "missing"]
    meant = required_keys(unknown_at, absent)
    covered = {(*path[:-1], key) for path, key in meant.items()}
    covered |= {path for at in unknown_at for path in follows(tree, schema, at)}
    for problem in problems:
        match problem.kind:
            case "unknown":
                yield unknown_key(tree, schema, problem.path, meant.get(problem.path))
            case "missing" if problem.path not in covered:
                yield _missing(tree, schema, problem.path)
            case "wrong" if problem.path in covered:
                continue
            case "wrong" if _crowded(tree, schema, problem.path):
                yield _many(tree, schema, problem.path)
            case "wrong":
                yield wrong_value(tree, schema, problem.path)
            case "unread":
                yield _unread(tree, problem.path)
            case "many":
                yield _many(tree, schema, problem.path)


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
