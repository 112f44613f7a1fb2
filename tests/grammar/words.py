"""The words of the language, read off the schema, and those that a tree of a spec says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fishcompile.schema.file import schema_file

Word = tuple[str, str]


def language() -> set[Word]:
    """Each key that takes a word, with each word; each kind; and each key, with an empty word."""
    found: set[Word] = set()
    for owner, key, node in _properties(schema_file(), ""):
        # `down` and `up` are a word, or a mapping whose `kind` is the word
        holder = owner.removesuffix("_window").removesuffix("_groups") if key == "kind" else key
        found.add((key, ""))
        choices = [*_enum(node), *([node["const"]] if isinstance(node.get("const"), str) else [])]
        found |= {(holder if owner.endswith(("window", "groups")) else key, w) for w in choices}
        if "boolean" in node.get("type", ()):
            found |= {(key, "True"), (key, "False")}
    return found


def _properties(node: Any, owner: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    if isinstance(node, list):
        for item in node:
            yield from _properties(item, owner)
    elif isinstance(node, dict):
        for key, below in node.get("properties", {}).items():
            if isinstance(below, dict):
                yield owner, key, {**_referred(below), **below}
        for name, below in node.get("$defs", {}).items():
            yield from _properties(below, name)
        for name, below in node.items():
            if name not in ("$defs", "if"):
                yield from _properties(below, owner)


def _referred(node: dict[str, Any]) -> dict[str, Any]:
    name = node.get("$ref", "").removeprefix("#/$defs/")
    found: dict[str, Any] = schema_file()["$defs"].get(name, {})
    return found


def _enum(node: dict[str, Any]) -> list[str]:
    choices = node.get("enum") or node.get("else", {}).get("enum") or []
    return [choice for choice in choices if choice is not None]


def said(tree: Any, holder: str = "") -> Iterator[Word]:
    """The words of a tree; `holder` is the key that it stands under."""
    if isinstance(tree, list):
        for item in tree:
            yield from said(item, holder)
    if not isinstance(tree, dict):
        return
    for key, item in tree.items():
        yield key, ""
        if isinstance(item, str | bool):
            yield (holder if key == "kind" and holder in ("down", "up", "norm") else key), str(item)
            if holder in ("down", "up", "norm"):
                yield key, str(item)
        yield from said(item, key)
