"""Language keys: what the schema says of keys and words, as an editor shows it."""

from __future__ import annotations

from typing import Any

from fishcompile.lsp.documents import Layer
from fishcompile.reader.tree import Path, Plain
from fishcompile.schema.file import merged_schema
from fishcompile.schema.kinds import specialised
from fishcompile.schema.wording import example, mapping_of, node_at

Schema = dict[str, Any]


def schema_of(value: dict[str, Plain]) -> Schema:
    """The schema, which knows the kind of each node in `value`."""
    return specialised(merged_schema(), value)


def key_node(path: Path, schema: Schema) -> Schema:
    """What a schema says of the key at `path`; empty where it knows none."""
    above = mapping_of(node_at(schema, path[:-1]))
    return above.get(str(path[-1]), {}) if path else {}


def keys_of(path: Path, schema: Schema, kind: str = "") -> dict[str, Schema]:
    """The keys of the mapping at `path`, less those that mean nothing beside its `kind`."""
    node = node_at(schema, path)
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


def with_blocks(value: dict[str, Plain], layers: tuple[Layer, ...]) -> dict[str, Plain]:
    """What one file says, with the blocks of all that it brings in beside its own."""
    blocks: dict[str, Plain] = {}
    for layer in reversed(layers):
        blocks = _over(blocks, layer.tree.value.get("blocks"))
    blocks = _over(blocks, value.get("blocks"))
    return {**value, "blocks": blocks} if blocks else value


def _over(below: dict[str, Plain], above: Plain) -> dict[str, Plain]:
    """Blocks with those of a variant laid over them, as far as they can be read."""
    result = dict(below)
    for name, entry in above.items() if isinstance(above, dict) else ():
        old = result.get(name)
        if entry is None:
            result.pop(name, None)
        elif isinstance(old, dict) and isinstance(entry, dict):
            result[name] = _over(old, entry)
        else:
            result[name] = entry
    return result
