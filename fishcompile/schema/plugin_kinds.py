"""Schema of plug-ins: the keys of a node that a plug-in is, and what is wrong with plug-ins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fishcompile.diagnostics.finding import Diagnostic
from fishcompile.diagnostics.nearest import nearest
from fishcompile.reader.tree import Path, Plain, Tree, walk
from fishcompile.schema.plugins import PluginError, is_plugin, node_schema, offered, plugin

Schema = dict[str, Any]

ANYTHING: Schema = {"type": ["object"], "properties": {}}


def plugin_keys(kind: str) -> Schema | None:
    """What a plug-in says of its own keys; None where it is not there or not sound."""
    try:
        return node_schema(kind)
    except PluginError:
        return None


def plugin_node(kind: str, several: Schema, common: Schema) -> Schema:
    """The schema of a node that is a plug-in, anything at all where the plug-in is at fault.

    `common` is what is said of the keys of every node, `several` of a `from` that is a list.
    """
    own = plugin_keys(kind)
    if own is None:
        return ANYTHING
    inputs, least = plugin(kind).inputs, plugin(kind).reads
    keys = {**own["properties"], **common, "kind": {"const": kind}}
    needed = ["kind", *own["required"]]
    if least > 1:
        most = several["maxItems"] if inputs == "several" else least
        keys["from"] = {**several, "minItems": least, "maxItems": most}
        needed.insert(1, "from")
    if inputs != 1:
        keys.pop("repeat")
    if inputs != "to":
        keys.pop("to")
    return {**own, "properties": keys, "required": needed}


def plugins_named(value: Plain) -> dict[str, Path]:
    """The plug-ins that the nodes and stages of a spec name, and where each is named first."""
    found: dict[str, Path] = {}
    for path, item in walk(value):
        named = path and path[0] in _HOLDERS and path[-1] in ("kind", "block")
        if named and isinstance(item, str) and is_plugin(item):
            found.setdefault(item, path)
    return found


_HOLDERS = ("graph", "blocks", "tail", "body", "head", "bridge", "defaults")


def bad_plugins(tree: Tree) -> Iterator[Diagnostic]:
    """FC207 for each plug-in that a spec names and that is not there or not sound."""
    for kind, path in plugins_named(tree.value).items():
        try:
            node_schema(kind)
        except PluginError as error:
            near = nearest(kind, offered())
            others = ", ".join(f"`{name}`" for name in offered()) or "none"
            advice = f"did you mean `{near}`?" if near else f"the plug-ins here are: {others}"
            install = "install the package that brings it, or write the block under `blocks`"
            help_ = (advice, install) if kind not in offered() else ()
            yield Diagnostic("FC207", str(error), tree.value_span(path), help=help_)
