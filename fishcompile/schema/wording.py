"""Schema values: what a key allows and what it got, in an author's words.

Reads the resolved schema of merged trees: no references, no null.
"""

from __future__ import annotations

import re
from typing import Any

from fishcompile.diagnostics.finding import Diagnostic, Fix
from fishcompile.diagnostics.names import shown
from fishcompile.diagnostics.nearest import nearest
from fishcompile.diagnostics.source import Span
from fishcompile.reader.respell import renamed, rewritten
from fishcompile.reader.tree import Path, Plain, Tree, taken_away
from fishcompile.reader.write import flow

# what an entry of each section is called
ENTRIES = {
    "stem": "layer", "tail": "stage", "body": "stage", "head": "stage", "taps": "tap",
    "classifiers": "classifier", "dense": "head", "graph": "node", "outputs": "output",
    "blocks": "block", "layouts": "layout",
}  # fmt: skip
_DECIMAL = re.compile(r"[0-9]+\.?[0-9]*", re.ASCII)
_SIMPLE = {"string": "a name", "boolean": "`true` or `false`", "array": "a list of names"}
_UNBOUNDED = 10**12  # a limit that is there for the machine's sake


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
    return f"from {least:,}" + (f" to {most:,}" if most <= _UNBOUNDED else "")


def _mapping(node: dict[str, Any]) -> str:
    keys = [f"`{key}`" for key in mapping_of(node)]
    if not keys:
        return "a mapping of names"
    if len(keys) == 1:
        return f"a mapping with {keys[0]}"
    return f"a mapping with {', '.join(keys[:-1])} and {keys[-1]}" if len(keys) < 5 else "a mapping"


def _alternative(node: dict[str, Any]) -> str:
    then = node["then"]
    if "items" in then:
        return "two such numbers as [height, width]"
    if "formula" in then:
        return "a formula"
    if "pattern" in then:
        return f"a number with k, M, G or T such as `{node['examples'][0]}`"
    return allowed(then)


def wrong_value(tree: Tree, schema: dict[str, Any], path: Path) -> Diagnostic:
    """FC112 for a value of the wrong type or out of its range."""
    value, node = tree.get(path), node_at(schema, path)
    wanted = "a pattern of keys" if path[0] == "layouts" and len(path) == 3 else _asked(node)
    message = f"{subject(path)} must be {wanted}, got {got(value)}"
    span = tree.value_span(path)
    fixes, help_ = _fixes(span, value, node), _advice(path, value, node)
    block = ("blocks", value) if path[-1:] == ("kind",) and isinstance(value, str) else ()
    related = taken_away(tree, block)
    return Diagnostic("FC112", message, span, related=related, help=help_, fixes=fixes)


def _asked(node: dict[str, Any]) -> str:
    """What a schema allows, with how long a list or which text it may be."""
    kind = node.get("type", ())
    if "array" in kind and "string" in node["items"]["type"] and "minItems" in node:
        least, most = node["minItems"], node["maxItems"]
        return f"a list of {least} names" if least == most else f"a list of {least} to {most} names"
    if "string" in kind and "pattern" in node:
        return "a line of letters, digits, blanks and ,.;:()+*/=-"
    return allowed(node)


def _fixes(span: Span, value: Plain, node: dict[str, Any]) -> tuple[Fix, ...]:
    """The value spelled as it was meant: a word without its mistake, 64 for 64.0 and for "64"."""
    words = [str(word) for word in node.get("enum") or node.get("else", {}).get("enum") or ()]
    if isinstance(value, str) and words:
        near = nearest(value, words)
        return renamed(span, value, near, words) if near else ()
    if value is False and "none" in words:
        return rewritten(span, "none", safe=False)
    number = _meant_number(value)
    return rewritten(span, str(number)) if number is not None and _takes(node, number) else ()


def _meant_number(value: Plain) -> int | None:
    """The integer that was written as 64.0 or as a text of digits."""
    if isinstance(value, float) and value.is_integer() and abs(value) < _UNBOUNDED:
        return int(value)
    digits = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 12
    return int(value) if digits and isinstance(value, str) else None


def _takes(node: dict[str, Any], number: int) -> bool:
    """Whether the schema allows this integer, alone or as one of the ways to write the value."""
    node = node.get("else", node)
    in_range = node.get("minimum", number) <= number <= node.get("maximum", number)
    return node.get("const") == number or ("integer" in node.get("type", ()) and in_range)


def _advice(path: Path, value: Plain, node: dict[str, Any]) -> tuple[str, ...]:
    key = str(path[-1])
    words = node.get("enum") or node.get("else", {}).get("enum") or []
    fallback = f"for example `{example(key, node)}`"
    if value is None:
        return _for_null(path, fallback)
    if path[0] == "layouts" and isinstance(value, int | float):
        return ('put it in quotes: `"1"` is a text, and 1 a number',)
    if key == "blocks" and value == 0 and value is not False:
        return ("zero blocks is not a stage: remove the stage, or write at least 1",)
    decimal = "number" in node.get("type", ())
    if isinstance(value, float) and value.is_integer() and 1 <= value < _UNBOUNDED and not decimal:
        return (f"write {int(value)}",)
    if isinstance(value, str) and words:
        near = nearest(value, map(str, words))
        return (f"did you mean `{near}`?",) if near else ()
    if isinstance(value, str) and _number_in_quotes(value, node):
        return (f"write {value} without quotes",)
    if value is False and "none" in words:
        return (f"write `{key}: none`",)
    if isinstance(path[-1], int) or (isinstance(value, int) and _is_integer(node, value)):
        return ()  # the message has said it
    if _is_name(node) and not isinstance(value, list) and path != ("name",):
        return ("entries are referred to by name, never by number", fallback)
    return (fallback,)


def _is_name(node: dict[str, Any]) -> bool:
    return "string" in node.get("type", ()) and "pattern" not in node


def _for_null(path: Path, fallback: str) -> tuple[str, ...]:
    if path[0] == "scale":
        return ("leave it out to take the base as it is",)
    null = "null takes an entry away, and only in a variant (a spec with `extends`)"
    return (null, f"write a value, {fallback}, or remove the line")


def _number_in_quotes(value: str, node: dict[str, Any]) -> bool:
    decimal = "number" in node.get("type", ()) and _DECIMAL.fullmatch(value)
    return bool(decimal) or (value.isascii() and value.isdigit())


def _is_integer(node: dict[str, Any], value: int) -> bool:
    return "integer" in node.get("type", ()) and not isinstance(value, bool)
