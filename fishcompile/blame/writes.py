"""Writes: what a variant says otherwise than its base, entry by entry, and the variant with less.

A write is the path of an entry that a variant adds, changes or takes away, as high up as it can
be: of a new stage the stage, of a changed stage each key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from fishcompile.diagnostics.source import Span
from fishcompile.reader.tree import Path, Plain, Tree

_OF_THE_FILE = ("fishspec", "name", "title", "extends", "use")  # what every variant has for itself


def writes_of(variant: Tree, base: Tree) -> tuple[Path, ...]:
    """The writes of a variant over its base, in the order of its text."""
    own = {key: item for key, item in variant.value.items() if key not in _OF_THE_FILE}
    return tuple(_differences(own, base.value, ()))


def _differences(
    above: Mapping[str, Plain], below: Mapping[str, Plain], path: Path
) -> Iterator[Path]:
    for key, new in above.items():
        here, old = (*path, key), below.get(key)
        if here == ("scale",) and isinstance(new, dict):
            yield from ((*here, factor) for factor in new)
        elif isinstance(new, dict) and isinstance(old, dict):
            yield from _differences(new, old, here)
        elif key not in below or type(new) is not type(old) or new != old:
            yield here


def with_only(variant: Tree, kept: frozenset[Path], writes: tuple[Path, ...]) -> Tree:
    """The variant without those of its writes that are not kept; its places stay as they are."""
    dropped = {path for path in writes if path not in kept}
    value = {key: _left(item, (key,), dropped) for key, item in variant.value.items()}
    value = {key: item for key, item in value.items() if (key,) not in dropped}
    if value.get("scale") == {}:
        del value["scale"]
    return replace(variant, value=value)


def _left(value: Plain, path: Path, dropped: set[Path]) -> Plain:
    if not isinstance(value, dict):
        return value
    inside = ((key, (*path, key), item) for key, item in value.items())
    return {key: _left(item, here, dropped) for key, here, item in inside if here not in dropped}


def by_span(tree: Tree) -> dict[Span, Path]:
    """The path of each key and value that is written, by where; of an alias, the first."""
    found: dict[Span, Path] = {}
    for path, place in tree.places.items():
        for span in (place.key, place.value):
            if span and path:
                found.setdefault(span, path)
    return found


def place_of(write: Path, variant: Tree) -> Span:
    """Where to point for a write: at the value that a key is given, at the name of an entry."""
    value = variant.get(write)
    entry = value is None or isinstance(value, dict)
    span = variant.key_span(write) if entry else variant.value_span(write)
    return span_in(variant, span)


def span_in(variant: Tree, span: Span) -> Span:
    """The span, or where the variant's own file brings in the file that it stands in."""
    passed = set[str]()
    while span.source.name != variant.source.name and span.source.name not in passed:
        passed.add(span.source.name)
        if span.source.name not in variant.includes:
            break
        span = variant.includes[span.source.name].span
    return span


def label_of(write: Path, variant: Tree, base: Tree) -> str:
    """What the variant does there."""
    if write[0] == "scale":
        return "the variant scales its base here, which holds as it is"
    if variant.get(write) is None:
        return "the variant takes it away, and its base holds with it"
    try:
        old = base.get(write)
    except (KeyError, TypeError):
        return "new in the variant, whose base holds without it"
    if isinstance(old, dict | list):
        return "written by the variant, whose base has something else and holds"
    return f"written by the variant, whose base has `{_word(old)}` and holds"


def _word(value: Plain) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
