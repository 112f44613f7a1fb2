"""Schema of nodes: what the keys of a graph's nodes are, which depends on each node's kind.

A spec may define kinds itself, so its schema is made for it: every node stands in it under its own
name with the keys of its kind. In the nodes of a composite block a whole number may be a formula.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from fishcompile.reader.tree import Plain
from fishcompile.schema.file import resolved
from fishcompile.schema.plugin_kinds import ANYTHING, plugin_keys, plugin_node, plugins_named
from fishcompile.schema.plugins import NODE_KEYS, is_plugin, offered, plugin
from fishcompile.schema.stage_blocks import node_with_block, with_blocks
from fishcompile.schema.wording import mapping_of

Schema = dict[str, Any]

PREFIX = "kind_"
FISH = ("tail", "body", "head", "bridge", "stem", "classifier", "dense")
_REPEAT = {
    "description": "How often, one after the other.",
    "type": ["integer"],
    "minimum": 1,
    "maximum": 1000,
    "default": 1,
}
_PARAMETER = {"type": ["integer"], "minimum": 0, "maximum": 1_000_000, "examples": [64]}
_WHEN = {
    "description": "Leaves the node out where it is not positive; readers read its first input.",
    "type": ["integer"],
    "minimum": -1_000_000_000,
    "maximum": 1_000_000_000,
    "examples": ["depth - 1"],
}


@cache
def built_in() -> dict[str, Schema]:
    """The kinds that every spec has, each with the schema of a node of it."""
    return {
        name.removeprefix(PREFIX): node
        for name, node in resolved().items()
        if name.startswith(PREFIX)
    }


def specialised(merged: Schema, value: dict[str, Plain]) -> Schema:
    """The schema of merged trees with each node of `value` under its name, by its kind."""
    blocks, graph = value.get("blocks"), value.get("graph")
    own = {**defined(blocks), **_plugged(value)}
    kinds = {**own, **built_in()}
    properties = with_blocks(merged["properties"], value, own) if own else merged["properties"]
    if isinstance(graph, dict):
        nodes = {name: _node(node, kinds, own) for name, node in graph.items()}
        properties = {**properties, "graph": _with_properties(properties["graph"], nodes)}
    if isinstance(blocks, dict):
        one = properties["blocks"]["additionalProperties"]
        made = {name: _definition(one, block, kinds, own) for name, block in blocks.items()}
        properties = {**properties, "blocks": _with_properties(properties["blocks"], made)}
    return {**merged, "properties": properties}


def defined(blocks: Plain) -> dict[str, Schema]:
    """The kinds that a spec's `blocks` make, as far as they can be read."""
    found = blocks.items() if isinstance(blocks, dict) else ()
    return {
        name: _call(name, block) if isinstance(block, dict) else ANYTHING for name, block in found
    }


def takes_sides(kind: str) -> bool:
    """Whether a second node that a node of this kind reads is one whose sides it takes, as `to`."""
    if is_plugin(kind):
        return plugin(kind).inputs == "to"
    return "to" in mapping_of(built_in().get(kind, {}))


def formula_bounds(kind: str, at: tuple[str, ...]) -> tuple[int, int] | None:
    """The least and greatest number that a formula at `at` in a node may give, if it takes one."""
    if at == ("when",):
        return _WHEN["minimum"], _WHEN["maximum"]  # type: ignore[return-value]
    if at == ("repeat",) and kind not in built_in():
        return 1, 1000
    node = plugin_keys(kind) if is_plugin(kind) else built_in().get(kind)
    if node is None:
        return (0, 1_000_000) if at[0] not in ("kind", "from", "to", "expect") else None
    if at[0] == "block" and at[1:] and at[1] not in mapping_of(mapping_of(node)["block"]):
        return 0, 1_000_000  # a parameter of a block that the spec defines
    for step in at:
        node = mapping_of(node).get(step) or {}
    node = node if "integer" in node.get("type", ()) else {}
    return (node["minimum"], node["maximum"]) if node else None


def _plugged(value: dict[str, Plain]) -> dict[str, Schema]:
    """The kinds that plug-ins make, as far as the spec names them."""
    node, several = mapping_of(built_in()["deconv"]), mapping_of(built_in()["concat"])["from"]
    common = {key: node[key] for key in ("from", "to", "expect", "after")} | {"repeat": _REPEAT}
    return {name: plugin_node(name, several, common) for name in plugins_named(value)}


def _node(node: Plain, kinds: dict[str, Schema], own: dict[str, Schema]) -> Schema:
    """What is said of a node: by its kind, or that it needs one that there is."""
    kind = node.get("kind") if isinstance(node, dict) else None
    if isinstance(kind, str) and kind in kinds:
        return node_with_block(kinds[kind], node, own) if own else kinds[kind]
    parameters = dict.fromkeys(key for name in own for key in mapping_of(own[name]))
    return _unknown(tuple(kinds), tuple(parameters))


@lru_cache(16)
def _unknown(kinds: tuple[str, ...], parameters: tuple[str, ...]) -> Schema:
    """The schema of a node of no kind that there is: any key that a node may have, as it is."""
    known = [*(name for name in kinds if not is_plugin(name)), *offered()]
    words = {"description": "What the node is.", "enum": known, "examples": ["conv"]}
    keys: Schema = {key: {} for node in built_in().values() for key in mapping_of(node)}
    keys |= {key: {} for key in (*parameters, *NODE_KEYS)}
    return {
        "type": ["object"],
        "properties": {**keys, "kind": words},
        "required": ["kind"],
        "additionalProperties": False,
        "examples": [{"kind": "conv", "out": 64}],
    }


def _definition(
    schema: Schema, block: Plain, kinds: dict[str, Schema], own: dict[str, Schema]
) -> Schema:
    graph = block.get("graph") if isinstance(block, dict) else None
    if not isinstance(graph, dict):
        return schema
    inner = {name: node for name, node in kinds.items() if name not in FISH}
    nodes = {name: _with_formulas(_node(node, inner, own)) for name, node in graph.items()}
    made = _with_properties(schema["properties"]["graph"], nodes)
    return {**schema, "properties": {**schema["properties"], "graph": made}}


def _with_properties(schema: Schema, properties: dict[str, Schema]) -> Schema:
    return {**schema, "properties": properties, "additionalProperties": True}


def _call(name: str, block: dict[str, Plain]) -> Schema:
    """The schema of a node whose kind is a block of the spec."""
    conv = mapping_of(built_in()["conv"])
    parameters, inputs = block.get("parameters"), block.get("inputs")
    given = parameters if isinstance(parameters, dict) else {}
    several = isinstance(inputs, list) and len(inputs) > 1
    source = mapping_of(built_in()["concat"])["from"] if several else conv["from"]
    if several and isinstance(inputs, list):
        source = {**source, "minItems": len(inputs), "maxItems": len(inputs)}
    said = f"A parameter of the block `{name}`."
    keys: dict[str, Schema] = {
        **{key: {**_PARAMETER, "description": said} for key in given},
        "kind": {"const": name},
        "from": source,
        **{key: conv[key] for key in ("expect", "after")},
    }
    if not several:
        keys["repeat"] = _REPEAT
    required = [key for key, default in given.items() if default == "required"]
    return {
        "description": f"The block `{name}` of this spec.",
        "type": ["object"],
        "properties": keys,
        "required": ["kind", *(["from"] if several else []), *required],
        "additionalProperties": False,
    }


def _with_formulas(node: Schema) -> Schema:
    """The schema of a node inside a block: whole numbers may be texts, which are read later."""
    keys = {name: _or_formula(below) for name, below in mapping_of(node).items()}
    keys.pop("expect", None)
    return {**node, "properties": {**keys, "when": _or_formula(_WHEN)}}


def _or_formula(node: Schema) -> Schema:
    if "integer" in node.get("type", ()):
        formula = {"type": ["string"], "formula": True}
        said: Schema = {
            key: node[key] for key in ("description", "default", "examples") if key in node
        }
        return {**said, "if": {"type": "string"}, "then": formula, "else": node}
    result = dict(node)
    for key in ("then", "else"):
        if key in node:
            result[key] = _or_formula(node[key])
    if "properties" in node:
        result["properties"] = {name: _or_formula(n) for name, n in node["properties"].items()}
    return result
