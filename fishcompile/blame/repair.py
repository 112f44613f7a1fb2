"""Repair: a tree without what is wrong in it, so that what does not depend on that is found too.

A word that can only be one that was meant becomes it, a key that means nothing goes, a missing or
wrong value gets one that fits. What hangs on such a value is named, to be silent about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from fishcompile.diagnostics.finding import Diagnostic
from fishcompile.diagnostics.source import Span
from fishcompile.reader.tree import Path, Place, Plain, Tree
from fishcompile.record import record
from fishcompile.schema.file import merged_schema
from fishcompile.schema.kinds import specialised
from fishcompile.schema.wording import node_at

_NO_SHAPE = ("blocks",)  # how many blocks there are changes no shape
_SINGLE = ("stem", "bridge", "classifier", "input", "budget")
_MOST = 20  # findings that are repaired; where there are more, nothing is known of the rest
_VALUES = 20_000  # of a tree


@record
class Repaired:
    """A tree after repairs: `doubtful` are the entries with values that nobody wrote.

    `words` are those that were taken for others, as in "`tail2` for `tial2`".
    """

    tree: Tree
    doubtful: frozenset[Path] = frozenset()
    words: tuple[str, ...] = ()

    def doubts(self, span: Span) -> bool:
        """Whether a place is in a doubtful entry."""
        return any(
            span in (place.key, place.value) and path[:size] in self.doubtful
            for path, place in self.tree.places.items()
            for size in (1, 2)
        )


def repaired(before: Repaired, found: Iterable[Diagnostic]) -> Repaired | None:
    """The tree with the findings mended; None where that cannot be done with what is known."""
    found = tuple(found)
    value = before.tree.value
    if len(found) > _MOST or len(before.tree.places) > _VALUES:
        return None
    places, doubtful, words = dict(before.tree.places), set(before.doubtful), list(before.words)
    spans = {span: path for path, place in places.items() for span in (place.value, place.key)}
    schema = specialised(merged_schema(), value)
    for one in found:
        path = spans.get(one.span)
        if not path:
            return None
        sure = one.fixes[0] if one.fixes and one.fixes[0].safe else None
        text = sure.edits[0].text.strip("'\"") if sure and len(sure.edits) == 1 else ""
        if text and sure and sure.edits[0].span == one.span and one.rule in ("FC110", "FC203"):
            value, places = _renamed(value, places, path, text, key=one.rule == "FC110")
            words.append(f"`{text}` for `{one.span.text}`")
        elif one.rule == "FC110" and len(path) > 2:
            value = _with(value, path, None)
            doubtful.add(_entry(path))
        elif one.rule in ("FC111", "FC112"):
            key, at = _wanted(one, path)
            fits = _fitting(node_at(schema, at))
            if key is None or (fits is None and one.rule == "FC111") or at == _entry(at):
                return None
            value = _with(value, at, fits)
            if key not in _NO_SHAPE:
                doubtful.add(_entry(at))
        else:
            return None
    tree = replace(before.tree, value=value, places=places)
    return Repaired(tree, frozenset(doubtful), tuple(words))


def _entry(path: Path) -> Path:
    """The stage or node that a path is in; the stem is one, whatever its layers."""
    return path[:1] if path[0] in _SINGLE else path[:2]


def _wanted(one: Diagnostic, path: Path) -> tuple[str | None, Path]:
    """The key that is missing in the entry at a path, or has a wrong value there."""
    if one.rule == "FC112":
        return str(path[-1]), path
    before, _, rest = one.message.partition("missing key `")
    key = rest.partition("`")[0]
    return (key, (*path, key)) if key and not before else (None, path)


def _fitting(node: Mapping[str, Any]) -> Plain:
    """A value that a part of the schema allows, where that is simple; None where it is not."""
    if "integer" in node.get("type", ()):
        return int(max(2, node.get("minimum", 2)))
    if node.get("enum"):
        first: Plain = node["enum"][0]
        return first
    return None


def _with(value: dict[str, Plain], path: Path, new: Plain) -> dict[str, Plain]:
    """A copy with another value at a path, or with none there."""
    key, rest = str(path[0]), path[1:]
    below = value.get(key)
    if not rest:
        left = {other: item for other, item in value.items() if other != key}
        return left if new is None else {**left, key: new}
    return {**value, key: _with(below, rest, new)} if isinstance(below, dict) else value


def _renamed(
    value: dict[str, Plain], places: dict[Path, Place], path: Path, word: str, *, key: bool
) -> tuple[dict[str, Plain], dict[Path, Place]]:
    """A copy with another key, or another word as the value, at a path."""
    if not key:
        return _set(value, path, word), places
    new = (*path[:-1], word)
    moved = {
        (*new, *each[len(path) :]) if each[: len(path)] == path else each: place
        for each, place in places.items()
    }
    return _rekeyed(value, path, word), moved


def _rekeyed(value: dict[str, Plain], path: Path, word: str) -> dict[str, Plain]:
    key, rest = str(path[0]), path[1:]
    if not rest:
        return {word if other == key else other: item for other, item in value.items()}
    below = value.get(key)
    return {**value, key: _rekeyed(below, rest, word)} if isinstance(below, dict) else value


def _set(value: Any, path: Path, word: str) -> Any:
    if not path:
        return word
    if isinstance(value, list):
        return [
            _set(item, path[1:], word) if at == path[0] else item for at, item in enumerate(value)
        ]
    return {**value, path[0]: _set(value[path[0]], path[1:], word)}
