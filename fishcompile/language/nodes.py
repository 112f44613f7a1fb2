"""Nodes of the graph form, and the composite blocks that are small graphs of them.

A node says its `kind` and reads by name. The parts of a fish are kinds too (stem, tail, bridge,
body, head, classifier, dense), so that whatever a fish says in its sections, a graph can say.
"""

from __future__ import annotations

from typing import Any

from fishcompile.language.entries import Entry, common, expected, layers, stage, values
from fishcompile.language.graph_spec import Config, Definition, Edge, InnerNode, NodeSpec, StageNode
from fishcompile.language.spec import (
    BlocksSpec,
    BridgeSpec,
    ClassifierSpec,
    DenseSpec,
    LayerSpec,
    StageSpec,
)
from fishcompile.reader.tree import Path

INPUT = "input"
# The kinds whose keys are those of one class.
CONFIGS: dict[str, type[BridgeSpec | ClassifierSpec | DenseSpec | BlocksSpec]] = {
    "blocks": BlocksSpec,
    "bridge": BridgeSpec,
    "classifier": ClassifierSpec,
    "dense": DenseSpec,
}


def nodes(entries: Entry, path: Path) -> tuple[StageNode, ...]:
    """The nodes of a graph, in the order they are written; `from` is the node before, or implied.

    An edge without a source has to be filled in by whoever knows what stands before the graph.
    """
    found: list[StageNode] = []
    for name, entry in entries.items():
        at = (*path, name)
        config = node_config(name, entry, at)
        before = found[-1].name if found else ""
        found.append(StageNode(name, config, at, edges(entry, config, at, before)))
    return tuple(found)


def node_config(name: str, entry: Entry, path: Path) -> Config:
    """What a node is, by its `kind`."""
    kind = entry["kind"]
    inside = {key: item for key, item in entry.items() if key not in ("kind", "from", "to", "when")}
    match kind:
        case "conv" | "max_pool" | "avg_pool":
            return LayerSpec(name=name, path=path, kind=kind, **common(inside))
        case "tail" | "body" | "head":
            return stage(kind, name, inside, path)
        case "stem":
            return layers(inside["layers"], (*path, "layers"))
        case _ if kind in CONFIGS:
            return CONFIGS[kind](path=path, **common(inside))
        case _:
            return _node(kind, inside, path)


def _node(kind: str, entry: Entry, path: Path) -> NodeSpec:
    around: dict[str, Any] = {key: entry[key] for key in ("repeat",) if key in entry}
    if "expect" in entry:
        around["expect"] = expected(entry["expect"])
    return NodeSpec(path, kind, values(entry, ("repeat", "expect")), **around)


def edges(entry: Entry, config: Config | None, path: Path, before: str) -> tuple[Edge, ...]:
    """What a node reads, in order: `from`, one or a list, then the skip, or what `to` names."""
    source = entry.get("from")
    if isinstance(source, list):
        found = [Edge(name, (*path, "from", index)) for index, name in enumerate(source)]
    elif source is None:
        found = [Edge(before, None)]
    else:
        found = [Edge(source, (*path, "from"))]
    if "to" in entry:
        found.append(Edge(entry["to"], (*path, "to")))
    if isinstance(config, StageSpec) and config.transfer and config.merge != "none":
        found.append(Edge(config.transfer.source, (*path, "transfer", "from")))
    if entry["kind"] == "dense" and entry.get("up") != "none":
        found.append(Edge(INPUT, None))
    return tuple(found)


def definitions(entries: Entry) -> tuple[Definition, ...]:
    """The composite blocks of a spec."""
    return tuple(_definition(name, entry, ("blocks", name)) for name, entry in entries.items())


def _definition(name: str, entry: Entry, path: Path) -> Definition:
    inputs = tuple(entry.get("inputs", (INPUT,)))
    inner: list[InnerNode] = []
    for key, node in entry["graph"].items():
        at = (*path, "graph", key)
        before = inner[-1].name if inner else inputs[0]
        keys = tuple((k, v) for k, v in node.items() if k not in ("from", "to", "when"))
        inner.append(InnerNode(key, at, keys, edges(node, None, at, before), node.get("when")))
    output = entry.get("output", inner[-1].name)
    parameters = tuple(
        (key, None if default == "required" else default)
        for key, default in entry.get("parameters", {}).items()
    )
    return Definition(name, path, inputs, parameters, tuple(inner), output, entry.get("doc", ""))
