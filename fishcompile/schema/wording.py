"""Schema values: what a key allows and what it got, in an author's words.

Reads the resolved schema of merged trees: no references, no null.
"""

from __future__ import annotations

from typing import Any

from fishcompile.diagnostics.names import shown
from fishcompile.reader.tree import Path, Plain
from fishcompile.reader.write import flow

# what an entry of each section is called
ENTRIES = {
    "stem": "layer", "tail": "stage", "body": "stage", "head": "stage", "taps": "tap",
    "classifiers": "classifier", "dense": "head", "graph": "node", "outputs": "output",
    "blocks": "block", "layouts": "layout",
}  # fmt: skip
_SIMPLE = {"string": "a name", "boolean": "`true` or `false`", "array": "a list of names"}
UNBOUNDED = 10**12  # a limit that is there for the machine's sake


def subject(path: Path) -> str:
    """The entry or key at `path`: "stage `body2`", "`blocks` of stage `body2`"."""
    if not path:
        return "the spec"
    *rest, last = path
    at = tuple(rest)
    if isinstance(last, int):
        return subject((*at[:-1], f"{at[-1]}[{last}]"))
    if len(at) == 1 and at[0] in ENTRIES:
        return f"{ENTRIES[str(at[0])]} {shown(last)}"
    if len(at) == 3 and (at[0], at[2]) == ("blocks", "graph"):
        return f"node {shown(last)} of block {shown(str(at[1]))}"
    if path in (("bridge",), ("classifier",)):
        return f"the {last}"
    return f"{shown(last)} of {subject(at)}" if at else shown(last)


def node_at(schema: dict[str, Any], path: Path) -> dict[str, Any]:
    """What the schema says of the value at `path`; empty where it says nothing."""
    node = schema
    for step in path:
        then = node.get("then", {})
        named = {**mapping_of(then), **mapping_of(node)}
        if isinstance(step, int):
            node = node.get("items") or then.get("items", {})
        elif step in named:
            node = named[step]
        else:
            entry = node.get("additionalProperties")
            node = entry if isinstance(entry, dict) else {}
    return node


def mapping_of(node: dict[str, Any]) -> dict[str, Any]:
    """The keys of a mapping that `node` allows, with what is said of each."""
    keys: dict[str, Any] = node.get("properties") or node.get("then", {}).get("properties") or {}
    return keys


def example(key: str, node: dict[str, Any]) -> str:
    """How one writes `key`, in flow style: `expect: {in: 768}`."""
    examples = node.get("examples") or ([node["default"]] if "default" in node else [])
    return f"{key}: {flow(examples[0]) if examples else '...'}"


def got(value: Plain) -> str:
    """A value as its author knows it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"the text {shown(value)}" if value else "an empty text"
    if isinstance(value, list):
        return f"a list of {len(value):,}" if value else "an empty list"
    if isinstance(value, dict):
        return "a mapping" if value else "an empty mapping"
    return f"{value}"


def allowed(node: dict[str, Any]) -> str:
    """What a schema allows, to stand after "must be"."""
    if "else" in node:
        return f"{allowed(node['else'])}, or {_alternative(node)}"
    if "enum" in node:
        words = [f"`{word}`" for word in node["enum"]]
        return f"one of {', '.join(words[:-1])} or {words[-1]}" if words[1:] else words[0]
    if "const" in node:
        return f"`{node['const']}`"
    kind = node.get("type", ())
    if "integer" in kind:
        return f"a whole number {_range(node)}"
    if "number" in kind:
        return f"a number from {node['minimum']} to {node['maximum']}"
    if "integer" in node.get("items", {}).get("type", ()):
        return f"a list of two whole numbers {_range(node['items'])}"
    simple = next((words for name, words in _SIMPLE.items() if name in kind), None)
    return simple or _mapping(node)


def _range(node: dict[str, Any]) -> str:
    least, most = node["minimum"], node["maximum"]
    return f"from {least:,}" + (f" to {most:,}" if most <= UNBOUNDED else "")


def _mapping(node: dict[str, Any]) -> str:
    keys = [f"`{key}`" for key in mapping_of(node)]
    if not keys:
        return "a mapping of names"
    if len(keys) == 1:
        return f"a mapping with {keys[0]}"
    return f"a mapping with {', '.join(keys[:-1])} and {keys[-1]}" if len(keys) < 5 else "a mapping"


def _alternative(node: dict[str, Any]) -> str:
    then = node["then"]
    if "integer" in then.get("items", {}).get("type", ()):
        return "two such numbers as [height, width]"
    if "formula" in then:
        return "a formula"
    if "pattern" in then:
        return f"a number with k, M, G or T such as `{node['examples'][0]}`"
    return allowed(then)


def asked(node: dict[str, Any]) -> str:
    """What a schema allows, with how long a list or which text it may be."""
    kind = node.get("type", ())
    if "array" in kind and "string" in node["items"]["type"] and "minItems" in node:
        least, most = node["minItems"], node["maxItems"]
        return f"a list of {least} names" if least == most else f"a list of {least} to {most} names"
    if "string" in kind and "pattern" in node:
        return "a line of letters, digits, blanks and ,.;:()+*/=-"
    return allowed(node)
