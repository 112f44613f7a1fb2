"""Plug-ins: kinds of nodes that other packages bring, for what no composite block can say.

A package offers one under the entry-point group `fishcompile.blocks`, by a name with a dot in it,
`acme.ghost`, so that it is neither a kind of the language nor a block of a spec. It is imported
only where a spec names it: a spec chooses among what is installed, and brings no code itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from fishcompile.diagnostics.names import check_name, shown
from fishcompile.ops.keys import Key
from fishcompile.ops.node_kind import NodeKind

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "fishcompile.blocks"
# What a node says of itself, whatever its kind.
NODE_KEYS = ("kind", "from", "to", "when", "repeat", "expect", "after")

# What a package offers is what an op of fishcompile says in its file.
Plugin = NodeKind
Schema = dict[str, Any]


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
    return {
        "description": made.description,
        "type": ["object"],
        "properties": {name: key.schema() for name, key in made.keys.items()},
        "required": made.required,
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
        raise PluginError(f"{who} is {type(found).__name__}, not a `fishcompile.Plugin`")
    wrong = _fault(found)
    if wrong:
        raise PluginError(f"{who} breaks its contract: {wrong}")
    return found


def _fault(found: Plugin) -> str | None:
    text, keys, inputs = found.description, found.keys, found.inputs
    if not callable(found.make):
        return "`make` cannot be called"
    if not _is_line(text):
        return "`description` is not one line of text"
    if inputs not in ("several", "to") and (type(inputs) is not int or not 1 <= inputs <= 16):
        return "`inputs` is not a number from 1 to 16, `several` or `to`"
    if not isinstance(keys, Mapping):
        return "`keys` is not a mapping"
    return next(filter(None, (_key_fault(name, key) for name, key in keys.items())), None)


def _key_fault(name: object, key: object) -> str | None:
    """What is wrong with what a plug-in says of a key."""
    if name in NODE_KEYS:
        return f"`{name}` is a key of every node"
    if not isinstance(name, str) or check_name(name):
        return f"the key {shown(str(name))} {check_name(str(name))}"
    if not isinstance(key, Key):
        return f"the key `{name}` is {type(key).__name__}, not one of `fishcompile.ops.keys`"
    if not _is_line(key.description):
        return f"the `description` of the key `{name}` is not one line of text"
    return (fault := key.fault()) and f"the key `{name}`: {fault}"


def _is_line(text: object) -> bool:
    return isinstance(text, str) and bool(text.strip()) and text.isprintable()
