"""Plug-ins: kinds of nodes that other packages bring, for what no composite block can say.

A package offers one under the entry-point group `fishcompile.blocks`, by a name with a dot in it,
`acme.ghost`, so that it is neither a kind of the language nor a block of a spec. It is imported
only where a spec names it: a spec chooses among what is installed, and brings no code itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from fishcompile.diagnostics.names import check_name, shown

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "fishcompile.blocks"
# What a node says of itself, whatever its kind.
NODE_KEYS = ("kind", "from", "to", "when", "repeat", "expect", "after")
_SCHEMA_KEYS = {"properties", "required"}
_INTEGERS = {"description", "type", "minimum", "maximum", "default", "examples"}
_FLAGS = {"description", "type", "default", "examples"}
_WORDS = {"description", "enum", "default", "examples"}

Schema = dict[str, Any]


@dataclass(frozen=True)
class Plugin:
    """A kind of node that Python code says.

    `make` takes the `TensorType` of each input, (channels, height, width), and by name the keys
    that the node writes, and gives the `Op` or the `Block` that the node is. It raises `ShapeError`
    for inputs that do not fit. Keys that are left out are not passed: their defaults are `make`'s.

    `schema` is the fragment of JSON Schema that checks and completes these keys: `properties`,
    each with a `description` and either `type: integer` with `minimum` and `maximum`,
    `type: boolean`, or an `enum` of words, and `required`. `inputs` is how many nodes a node of
    this kind reads.
    """

    make: Callable[..., object]
    description: str
    schema: Mapping[str, Any] = field(default_factory=dict)
    inputs: int = 1


class PluginError(Exception):
    """A plug-in that is not there or breaks its contract; the text names it and says how."""


def is_plugin(kind: str) -> bool:
    """Whether a kind is the name of a plug-in: a dot is in no other."""
    return "." in kind


def offered() -> tuple[str, ...]:
    """The names of the plug-ins that are installed, unread."""
    return tuple(sorted({entry.name for entry in _entries()}))


@cache
def plugin(kind: str) -> Plugin:
    """The plug-in of that name. Raises PluginError where there is none that keeps its contract."""
    package, _, name = kind.partition(".")
    for part in (package, name):
        reason = check_name(part)
        if reason:
            raise PluginError(f"a plug-in is named PACKAGE.NAME, and {shown(part)} {reason}")
    found = {entry.value: entry for entry in _entries() if entry.name == kind}
    if not found:
        raise PluginError(f"no installed package brings the plug-in `{kind}`")
    if len(found) > 1:
        where = " and ".join(sorted(found))
        raise PluginError(f"several packages bring a plug-in `{kind}`: {where}")
    (entry,) = found.values()
    return _sound(_load(entry), f"the plug-in `{kind}` ({entry.value})")


@cache
def node_schema(kind: str) -> Schema:
    """What a node of a plug-in may say for itself: the plug-in's own keys. Raises PluginError."""
    made = plugin(kind)
    keys = {key: _resolved(node) for key, node in made.schema.get("properties", {}).items()}
    return {
        "description": made.description,
        "type": ["object"],
        "properties": keys,
        "required": list(made.schema.get("required", ())),
        "additionalProperties": False,
    }


@cache
def _entries() -> tuple[EntryPoint, ...]:
    # imported only now: a spec that names no plug-in is not to pay for the search
    from importlib.metadata import entry_points

    return tuple(entry_points(group=GROUP))


def _load(entry: EntryPoint) -> object:
    try:
        return entry.load()
    except (Exception, SystemExit) as error:
        message = f"the plug-in `{entry.name}` ({entry.value}) cannot be imported: {said(error)}"
        raise PluginError(message) from None


def said(error: BaseException) -> str:
    """An error of foreign code in one line."""
    return f"{type(error).__name__}: {shown(str(error), 200)[1:-1] or 'it says no more'}"


def _sound(found: object, who: str) -> Plugin:
    """The plug-in, if what can be seen of it before it is used is as it should be."""
    if not isinstance(found, Plugin):
        raise PluginError(
            f"{who} is {type(found).__name__}, not a `fishcompile.schema.plugins.Plugin`"
        )
    wrong = _fault(found)
    if wrong:
        raise PluginError(f"{who} breaks its contract: {wrong}")
    return found


def _fault(found: Plugin) -> str | None:
    text, schema = found.description, found.schema
    if not callable(found.make):
        return "`make` cannot be called"
    if not isinstance(text, str) or not text.strip() or not text.isprintable():
        return "`description` is not one line of text"
    if type(found.inputs) is not int or not 1 <= found.inputs <= 16:
        return "`inputs` is not a number from 1 to 16"
    if not isinstance(schema, Mapping) or not schema.keys() <= _SCHEMA_KEYS:
        return "`schema` is not a mapping of `properties` and `required`"
    properties, required = schema.get("properties", {}), schema.get("required", ())
    if not isinstance(properties, Mapping):
        return "`properties` is not a mapping"
    if not isinstance(required, list | tuple) or not set(required) <= properties.keys():
        return "`required` is not a list of keys of `properties`"
    faults = (_key_fault(key, node) for key, node in properties.items())
    return next((fault for fault in faults if fault), None)


def _key_fault(key: object, node: object) -> str | None:
    """What is wrong with what a fragment says of a key."""
    if key in NODE_KEYS:
        return f"`{key}` is a key of every node"
    if not isinstance(key, str) or check_name(key):
        return f"the key {shown(str(key))} {check_name(str(key))}"
    if not isinstance(node, Mapping) or not isinstance(node.get("description"), str):
        return f"the key `{key}` has no `description`"
    if "enum" in node:
        words, allowed = node["enum"], _WORDS
        if not isinstance(words, list | tuple) or not all(_is_word(word) for word in words):
            return f"the `enum` of `{key}` is not a list of words"
    elif node.get("type") in ("integer", ["integer"]):
        allowed = _INTEGERS
        if not all(type(node.get(end)) is int for end in ("minimum", "maximum")):
            return f"the key `{key}` has no `minimum` and `maximum`"
    elif node.get("type") in ("boolean", ["boolean"]):
        allowed = _FLAGS
    else:
        return f"the key `{key}` is neither an integer, a boolean nor an `enum`"
    extra = sorted(map(str, node.keys() - allowed))
    return f"the key `{key}` says {shown(extra[0])}, which is not read" if extra else None


def _is_word(word: object) -> bool:
    return isinstance(word, str) and word.isidentifier() and word.isascii()


def _resolved(node: Mapping[str, Any]) -> Schema:
    """A key of a fragment as the resolved schema has it, with an example of its value."""
    made: Schema = {key: item for key, item in node.items() if key != "type"}
    kind = node.get("type")
    if kind is not None:
        made["type"] = [kind] if isinstance(kind, str) else list(kind)
    if "enum" in made:
        made["enum"] = list(made["enum"])
        made.setdefault("examples", made["enum"][:1])
    elif made["type"] == ["integer"]:
        made.setdefault("examples", [made.get("default", made["minimum"])])
    return made
