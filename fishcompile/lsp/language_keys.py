"""Language keys: what the schema says of keys and words, as an editor shows it."""

from __future__ import annotations

from typing import Any

from fishcompile.schema import merged_schema
from fishcompile.schema_values import example, mapping_of, node_at
from fishcompile.tree import Path


def key_node(path: Path) -> dict[str, Any]:
    """What the schema says of the key at `path`; empty where it knows none."""
    return mapping_of(node_at(merged_schema(), path[:-1])).get(str(path[-1]), {}) if path else {}


def keys_of(path: Path, kind: str = "") -> dict[str, dict[str, Any]]:
    """The keys of the mapping at `path`, less those that mean nothing beside its `kind`."""
    node = node_at(merged_schema(), path)
    condition = node.get("if", {}).get("properties", {}).get("kind", {}).get("enum", ())
    unread = node.get("then", {}).get("properties", {}) if kind in condition else {}
    return {key: below for key, below in mapping_of(node).items() if key not in unread}


def words_of(node: dict[str, Any]) -> tuple[str, ...]:
    """The words that a value may be, where the schema lists them."""
    return tuple(node.get("enum") or node.get("else", {}).get("enum") or ())


def described(key: str, node: dict[str, Any]) -> str:
    """A key's documentation in Markdown: what it is, its default, an example."""
    lines = [str(node.get("description", ""))]
    if "default" in node:
        lines.append(f"Default: `{node['default']}`")
    if node.get("examples"):
        lines.append(f"Example: `{example(key, node)}`")
    return "\n\n".join(line for line in lines if line)
