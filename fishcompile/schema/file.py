"""The schema as it lies in schemas/, and the one of merged trees that is made from it."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from fishcompile.package import data_file
from fishcompile.schema.version import VERSION


@cache
def schema_file() -> dict[str, Any]:
    """The schema as it lies in the file, which is the one for editors."""
    text = data_file("schemas", f"fishspec-{VERSION}.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@cache
def residual_kinds() -> tuple[str, ...]:
    """The kinds of residual blocks that every spec has."""
    words = schema_file()["$defs"]["block"]["properties"]["kind"]["enum"]
    return tuple(word for word in words if word is not None)


def unread_words(kind: str) -> tuple[str, ...]:
    """The words of `block` that mean nothing for a kind of residual block."""
    return tuple(schema_file()["$defs"]["unread"].get(kind, ()))


@cache
def merged_schema() -> dict[str, Any]:
    """The schema of merged trees: complete, without null, and with no reference left to follow.

    Names are not in it: `bad_names` knows more about them than a pattern says.
    """
    root = schema_file()
    top = {key: root[key] for key in ("type", "properties", "additionalProperties")}
    top["required"] = ["fishspec", "name"]
    top["allOf"] = [root["$defs"]["complete"]]
    merged: dict[str, Any] = _resolve(top, _Definitions())
    return merged


class _Definitions(dict[str, Any]):
    """The definitions of the schema without references, each resolved when first asked for."""

    def __missing__(self, name: str) -> Any:
        node = {"type": "string"} if name == "name" else schema_file()["$defs"][name]
        self[name] = _resolve(node, self)
        return self[name]


def _resolve(node: Any, defs: _Definitions) -> Any:
    if isinstance(node, list):
        return [_resolve(item, defs) for item in node]
    if not isinstance(node, dict):
        return node
    result: dict[str, Any] = {}
    if "$ref" in node:
        result.update(defs[node["$ref"].removeprefix("#/$defs/")])
    for key, item in node.items():
        if key in ("type", "enum") and isinstance(item, list):
            result[key] = [choice for choice in item if choice not in ("null", None)]
        elif key == "properties":
            # jsonschema leaves the place out of an error under `false`.
            result[key] = {
                name: _resolve({"not": {}} if below is False else below, defs)
                for name, below in item.items()
            }
        elif key in ("default", "examples"):
            result[key] = item
        elif key not in ("$ref", "$comment", "propertyNames"):
            result[key] = _resolve(item, defs)
    return result


@cache
def resolved() -> dict[str, Any]:
    """The definitions of the schema, each complete and without references."""
    defs = _Definitions()
    names = ("name", *schema_file()["$defs"])
    return {name: defs[name] for name in names if name != "without_null"}
