"""Schema of `block`: what residual blocks may say, which depends on the blocks that a spec has.

Where the spec defines blocks or names plug-ins, the kind of a stage's blocks may be one of them:
M(x) in shortcut + M(x). Then its parameters are keys of `block`, but for those that the stage
gives, and of the built-in words only those that mean the shortcut and the sampling are left.
"""

from __future__ import annotations

from typing import Any

from fishcompile.reader.tree import Plain
from fishcompile.schema.plugins import NODE_KEYS, is_plugin, offered
from fishcompile.schema.wording import mapping_of

Schema = dict[str, Any]

# What a stage gives the blocks that it is made of, if they have such a parameter.
GIVEN = ("out", "stride", "dilation")
AROUND = ("norm", "act")
_SECTIONS = ("tail", "body", "head")
_HOLDERS = (*_SECTIONS, "bridge", "blocks")  # kinds of nodes with a `block`


def with_blocks(
    properties: dict[str, Schema], value: dict[str, Plain], own: dict[str, Schema]
) -> dict[str, Schema]:
    """The schema's properties with each `block` of a fish by its kind; `own` are nodes by kind."""
    made = dict(properties)
    defaults = _mapping(value.get("defaults"))
    usual = _kind(defaults.get("block"))
    for section in _SECTIONS:
        entries, stage = value.get(section), properties[section]["additionalProperties"]
        often = _kind(_mapping(defaults.get(section)).get("block")) or usual
        if isinstance(entries, dict):
            stages = {name: _holder(stage, item, often, own) for name, item in entries.items()}
            below = {**properties[section], "properties": stages}
            made[section] = {**below, "additionalProperties": True}
    made["bridge"] = _holder(properties["bridge"], value.get("bridge"), usual, own)
    whole = _holder(properties["defaults"], defaults, None, own)
    parts = {
        section: _holder(whole["properties"][section], defaults.get(section), usual, own)
        for section in _SECTIONS
    }
    made["defaults"] = {**whole, "properties": {**whole["properties"], **parts}}
    return made


def node_with_block(schema: Schema, node: Plain, own: dict[str, Schema]) -> Schema:
    """The schema of a node of a graph, its `block` by its kind."""
    kind = _mapping(node).get("kind")
    return _holder(schema, node, None, own) if kind in _HOLDERS else schema


def _holder(schema: Schema, entry: Plain, usual: str | None, own: dict[str, Schema]) -> Schema:
    """The schema of an entry with a key `block`, whose kind is `usual` where it says none."""
    block = _mapping(entry).get("block")
    kind = _kind(block) or usual
    node = schema["properties"]["block"]
    if "then" in node:
        words = node["else"]["enum"]
        by_kind: Schema = {
            **node,
            "then": _block(node["then"], kind, own),
            "else": {**node["else"], "enum": [*words, *_names(own)]},
        }
    else:
        by_kind = _block(node, kind, own)
    return {**schema, "properties": {**schema["properties"], "block": by_kind}}


def _block(schema: Schema, kind: str | None, own: dict[str, Schema]) -> Schema:
    words = mapping_of(schema)
    known = {**words["kind"], "enum": [*words["kind"]["enum"], *_names(own)]}
    if kind not in own:
        return {**schema, "properties": {**words, "kind": known}}
    parameters = {
        key: node for key, node in mapping_of(own[kind]).items() if key not in (*NODE_KEYS, *GIVEN)
    }
    around = {key: words[key] for key in AROUND}
    keys = {"kind": known, **around, **parameters}
    open_ = own[kind].get("additionalProperties") is not False  # a plug-in that is at fault
    return {**schema, "properties": keys, "additionalProperties": open_}


def _names(own: dict[str, Schema]) -> list[str]:
    """The blocks of the spec, and the plug-ins: those that are here, and those that it names."""
    return list(dict.fromkeys([*own, *(offered() if any(map(is_plugin, own)) else ())]))


def _kind(block: Plain) -> str | None:
    kind = block.get("kind") if isinstance(block, dict) else block
    return kind if isinstance(kind, str) else None


def _mapping(value: Plain) -> dict[str, Plain]:
    return value if isinstance(value, dict) else {}
