"""The graph form of a spec: what its sections are sugar for, as a mapping that can be written out.

It depends on what the spec means alone, so it is also what the digest of a spec is taken over.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import MISSING, fields, is_dataclass, replace
from typing import Any

from fishcompile.language.graph_spec import Definition, Edge, NodeSpec, StageNode
from fishcompile.language.nodes import CONFIGS, INPUT
from fishcompile.language.spec import BlockSpec, DenseSpec, LayerSpec, StageSpec
from fishcompile.language.stage_graph import StageGraph
from fishcompile.reader.tree import Path, Plain
from fishcompile.schema.kinds import takes_sides
from fishcompile.schema.version import VERSION

_KINDS = {config: kind for kind, config in CONFIGS.items()}
# What a section decides is written out, whatever it is.
_SECTION_WORDS = ("shortcut", "down", "up", "merge")
_ELSEWHERE = ("name", "path", "section", "source", "kind", "values", "transfer")

Origins = dict[Path, Path | None]
Entry = dict[str, Any]


def graph_form(stages: StageGraph) -> tuple[dict[str, Plain], Origins]:
    """The spec as a graph, and for each of its entries where the spec says so; None: implied."""
    origins: Origins = {}
    graph: Entry = {}
    for node in stages.nodes:
        graph[node.name] = _node(node, ("graph", node.name), origins)
    image: Entry = {"channels": stages.input.channels, "size": _sides(stages.input.size)}
    if promised := stages.input.sizes:
        image["sizes"] = {"from": promised.first, "multiple": promised.multiple}
    titled = {"title": stages.title} if stages.title else {}
    value: Entry = {"fishspec": VERSION, "name": stages.name, **titled, "input": image}
    if stages.blocks:
        value["blocks"] = {block.name: _definition(block) for block in stages.blocks}
    value["graph"] = graph
    if stages.outputs:
        value["outputs"] = dict(stages.outputs)
    if stages.taps:
        value["taps"] = dict(stages.taps)
    budget = _budget(stages.budget)
    if budget:
        value["budget"] = budget
    if stages.recompute:
        value["recompute"] = _sides(stages.recompute)
    return value, origins


def spec_digest(stages: StageGraph) -> str:
    """SHA-256 of what the spec means, as 64 hexadecimal digits: what an emitted file is made from.

    Comments, spacing, defaults written out and sections do not change it; a base does. Nor do
    `title` and `recompute`, which change neither the outputs nor the weights.
    """
    value, _ = graph_form(replace(stages, title="", recompute=()))
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _budget(budget: Any) -> Entry:
    found = _plain(replace(budget, stages=()))
    if budget.stages:
        found["stages"] = {name: _plain(bounds) for name, bounds in budget.stages}
    if getattr(budget, "batch", None):
        found["batch"] = _budget(budget.batch)
    return found


def _node(node: StageNode, at: Path, origins: Origins) -> Entry:
    config = node.config
    kind, inside = _inside(node)
    entry: Entry = {"kind": kind, **_edges(node, kind, at, origins), **inside}
    if isinstance(config, StageSpec) and config.transfer and len(node.inputs) > 1:
        entry["transfer"] = {"from": config.transfer.source, "blocks": config.transfer.blocks}
    _note(entry, at, node.path, origins)
    return entry


def _inside(node: StageNode) -> tuple[str, Entry]:
    """The kind of a node, and the keys that its config gives."""
    config = node.config
    match config:
        case tuple():
            layers = {layer.name: {"kind": layer.kind, **_plain(layer)} for layer in config}
            return "stem", {"layers": layers}
        case StageSpec():
            words = {key: _value(getattr(config, key)) for key in _SECTION_WORDS}
            return config.section, {**_plain(config), **words}
        case NodeSpec():
            own = {key: _sides(value) for key, value in config.values}
            return config.kind, {**own, **_plain(config)}
        case LayerSpec():
            return config.kind, _plain(config)
        case _:
            return _KINDS[type(config)], _plain(config)


def _edges(node: StageNode, kind: str, at: Path, origins: Origins) -> Entry:
    trunk, *rest = node.inputs
    origins[(*at, "from")] = trunk.path
    if isinstance(node.config, StageSpec | DenseSpec):
        return {"from": trunk.source}
    if rest and takes_sides(kind):
        origins[(*at, "to")] = rest[0].path
    return _inner_edges(node.inputs, kind)


def _note(entry: Plain, at: Path, written: Path, origins: Origins) -> None:
    """Where each value below `at` was written: in the same place below `written`."""
    if isinstance(entry, dict):
        for key, item in entry.items():
            # a stem's layers stand in its section without a key of their own
            below = written if written == ("stem",) and key == "layers" else (*written, key)
            _note(item, (*at, key), below, origins)
    else:
        origins.setdefault(at, written)


def _definition(block: Definition) -> Entry:
    entry: Entry = {"doc": block.doc} if block.doc else {}
    if block.inputs != (INPUT,):
        entry["inputs"] = list(block.inputs)
    if block.parameters:
        entry["parameters"] = {
            name: "required" if default is None else default for name, default in block.parameters
        }
    entry["graph"] = {
        node.name: {**dict(node.keys), **_inner_edges(node.inputs, str(dict(node.keys)["kind"]))}
        | ({} if node.when is None else {"when": node.when})
        for node in block.nodes
    }
    entry["output"] = block.output
    return entry


def _inner_edges(edges: tuple[Edge, ...], kind: str) -> Entry:
    trunk, *rest = (edge.source for edge in edges)
    if rest and takes_sides(kind):
        return {"from": trunk, "to": rest[0]}
    return {"from": [trunk, *rest] if rest else trunk}


def _plain(config: Any) -> Entry:
    """The fields of a config that are not at their default, as keys."""
    found: Entry = {}
    for field in fields(config):
        value = getattr(config, field.name)
        if field.name not in _ELSEWHERE and (field.default is MISSING or value != field.default):
            found["in" if field.name == "in_" else field.name] = _value(value)
    return found


def _value(value: Any) -> Plain:
    if is_dataclass(value):
        kind = {"kind": value.kind} if hasattr(value, "kind") else {}
        inside = {**kind, **_plain(value)}
        if isinstance(value, BlockSpec):
            inside |= {key: _sides(item) for key, item in value.own}
            inside.pop("own", None)
        # a block is a mapping everywhere, and a word only in some places
        short = inside.keys() == {"kind"} and not isinstance(value, BlockSpec)
        return inside["kind"] if short else inside
    return _sides(value)


def _sides(value: Any) -> Plain:
    return list(value) if isinstance(value, tuple) else value
