"""Deep merge of one tree onto another by name, every value keeping its place in its own file.

A mapping is merged key by key; anything else replaces; `null` removes; a new key goes to the end,
or after the entry that its own `after` names.
"""

from __future__ import annotations

from collections.abc import Iterator

from fishcompile.diagnostics.finding import MAX_FINDINGS, Diagnostic, Related, SpecError, report
from fishcompile.diagnostics.nearest import nearest, slip
from fishcompile.reader.respell import renamed
from fishcompile.reader.tree import Path, Place, Plain, Tree, walk

_ORDERED = ("stem", "tail", "body", "head", "graph")  # where an entry has its place by `after`


def overlay(base: Tree, top: Tree) -> Tree:
    """`top` merged onto `base`. Raises SpecError for a removal or an `after` that names nothing."""
    places: dict[Path, Place] = {}
    problems: list[Diagnostic] = []
    value = _merge(base, top, base.value, top.value, (), places, problems)
    if problems:
        raise SpecError(report(problems))
    taken = {
        path: top.key_span(path)
        for path, item in walk(top.value)
        if item is None and path in base.places
    }
    removed = {**base.removed, **taken}
    return Tree(value, places, top.source, removed=removed)


def _merge(
    base: Tree,
    top: Tree,
    below: dict[str, Plain],
    above: dict[str, Plain],
    path: Path,
    places: dict[Path, Place],
    problems: list[Diagnostic],
) -> dict[str, Plain]:
    _copy_place(top if path in top.places else base, path, places)
    merged: dict[str, Plain] = {}
    for key, old in below.items():
        here = (*path, key)
        new = above.get(key)
        if key not in above:
            merged[key] = _copy(base, old, here, places)
        elif isinstance(old, dict) and isinstance(new, dict):
            merged[key] = _merge(base, top, old, new, here, places, problems)
        elif new is not None:
            merged[key] = _copy(top, new, here, places)
    for key, new in above.items():
        here = (*path, key)
        if len(problems) >= MAX_FINDINGS:
            break
        if key not in below and new is None:
            problems.append(_removes_nothing(base, top, here, below, above))
        elif key not in below:
            merged[key] = _copy(top, new, here, places)
            problems += _new_or_meant(top, here, below, above)
    return _ordered(merged, above, top, path, problems)


def _ordered(
    merged: dict[str, Plain],
    above: dict[str, Plain],
    top: Tree,
    path: Path,
    problems: list[Diagnostic],
) -> dict[str, Plain]:
    """The entries with those that say `after` moved there, and the `after` taken out."""
    order = list(merged)
    for key, entry in above.items():
        if not isinstance(entry, dict) or "after" not in entry or key not in merged:
            continue
        anchor = entry["after"]
        if not isinstance(anchor, str) or anchor == key or anchor not in merged:
            problems.append(_after_nothing(top, (*path, key, "after"), anchor, merged))
            continue
        order.remove(key)
        order.insert(order.index(anchor) + 1, key)
    result = {key: merged[key] for key in order}
    for key, entry in result.items():
        if key in above and isinstance(entry, dict) and "after" in entry:
            result[key] = {name: item for name, item in entry.items() if name != "after"}
    return result


def _after_nothing(top: Tree, path: Path, anchor: Plain, merged: dict[str, Plain]) -> Diagnostic:
    key, span = str(path[-2]), top.value_span(path)
    others = [name for name in merged if name != key]
    near = nearest(anchor, others) if isinstance(anchor, str) else None
    names = ", ".join(f"`{name}`" for name in others[:20])
    return Diagnostic(
        "FC203",
        f"`{key}` cannot stand after `{span.text}`",
        span,
        help=(f"did you mean `{near}`?" if near else f"write one of {names}",),
        fixes=renamed(span, str(anchor), near, others) if near else (),
    )


def _new_or_meant(
    top: Tree, path: Path, below: dict[str, Plain], above: dict[str, Plain]
) -> Iterator[Diagnostic]:
    """The question whether a new entry is new, where its name is a slip away from the base's."""
    name, entry = str(path[-1]), above[str(path[-1])]
    if len(path) != 2 or path[0] not in _ORDERED or not isinstance(entry, dict):
        return
    near = slip(name, below) if "after" not in entry else None
    if near:
        span = top.key_span(path)
        yield Diagnostic(
            "FC120",
            f"`{name}` is not in the base, and one slip away from `{near}`, which is",
            span,
            help=(
                f"did you mean `{near}`?",
                f"for a new entry say where it stands: `after: {next(reversed(below))}`",
            ),
            fixes=renamed(span, name, near, below) if near not in above else (),
        )


def _copy(tree: Tree, value: Plain, path: Path, places: dict[Path, Place]) -> Plain:
    for below, _ in walk(value, path):
        _copy_place(tree, below, places)
    return value


def _copy_place(tree: Tree, path: Path, places: dict[Path, Place]) -> None:
    if path in tree.places:
        places[path] = tree.places[path]


def _removes_nothing(
    base: Tree, top: Tree, path: Path, below: dict[str, Plain], above: dict[str, Plain]
) -> Diagnostic:
    name, span = str(path[-1]), top.key_span(path)
    near = nearest(name, below)
    fixes = renamed(span, name, near, below) if near and near not in above else ()
    return Diagnostic(
        "FC120",
        f"`{name}: null` removes nothing",
        span,
        label="the base has no such entry",
        related=(Related(base.key_span(path), "the base's entries are here"),),
        help=(f"did you mean `{near}`?",) if near else ("leave the line out",),
        fixes=fixes,
    )
