"""The layout of keys in FishNet's released checkpoints, read off the structure of a spec's graph.

Source: github.com/kevin-ssy/FishNet, `models/fishnet.py` and `models/fish_block.py`: containers
indexed by position, where ours are named. Walking their containers in order gives both the names
and the order of their state dicts.
"""

from __future__ import annotations

from collections.abc import Iterator

from fishcompile.diagnostics.errors import UsageError
from fishcompile.ir.graph import Graph, Node, Scope
from fishcompile.language.spec import BridgeSpec, ClassifierSpec, StageSpec
from fishcompile.language.stage_graph import StageGraph

# Their stem is three attributes, whatever ours are called.
_STEM = ("conv1", "conv2", "conv3")

# Each table pairs a node of ours, within its block, with theirs, in the order of their modules.
_BOTTLENECK = (
    ("conv1.bn", "bn1"),
    ("conv1.conv", "conv1"),
    ("conv2.bn", "bn2"),
    ("conv2.conv", "conv2"),
    ("conv3.bn", "bn3"),
    ("conv3.conv", "conv3"),
    ("shortcut.bn", "shortcut.0"),
    ("shortcut.conv", "shortcut.2"),
)
# The kinds of blocks that the table is of; others have keys of the same names.
_KINDS = ("Bottleneck", "SumBottleneck", "DuplicateBottleneck")
_NARROW = (("squeeze.bn", "0.0"), ("squeeze.conv", "0.2"), ("bn", "0.3"), ("widen", "1"))
_GATE = (("gate.bn", "3.0.0"), ("gate.conv1", "3.0.3"), ("gate.conv2", "3.0.5"))
_CLASSIFIER = (("score.bn", "3.0"), ("score.conv", "3.2"), ("bn", "3.3"), ("fc", "4.1"))

_Pairs = Iterator[tuple[str, str]]


def authors_keys(graph: Graph, stages: StageGraph) -> dict[str, str]:
    """The authors' state-dict key for each of ours, in the order of their state dict.

    Raises UsageError naming the parts of the spec that their layout has no place for.
    """
    nodes = {node.name: node for node in graph.nodes}
    placed: dict[str, str] = {}
    for ours, theirs in _containers(graph, stages):
        for entry in _states(nodes.get(ours)):
            # of a unit, theirs never have a bias
            if entry != "bias" or not ours.endswith(".conv"):
                placed[f"{ours}.{entry}"] = f"{theirs}.{entry}"
    homeless = [
        node.name
        for node in graph.nodes
        if any(f"{node.name}.{entry}" not in placed for entry in _states(node))
    ]
    if homeless:
        names = ", ".join(homeless[:5]) + (", ..." if len(homeless) > 5 else "")
        raise UsageError(
            f"the authors' layout has no place for the weights of {names} of {graph.name}",
            "their layout holds stems of three convolutions, bottlenecks, one bridge and one "
            "classifier after the last head stage; other specs keep the fishcompile layout",
        )
    return placed


def block_prefixes(graph: Graph, stages: StageGraph) -> dict[str, str]:
    """What the keys of each repeated block begin with: ours (`tail2.refine`) to theirs."""
    found: dict[str, str] = {}
    for stage, theirs in _numbered(stages).items():
        bridge = isinstance(stages.by_name[stage].config, BridgeSpec)
        for part, index in (("refine", "2" if bridge else "0"), ("transfer", "1")):
            if f"{stage}.{part}" in graph.children:
                found[f"{stage}.{part}"] = f"{theirs}.{index}"
    return found


def _numbered(stages: StageGraph) -> dict[str, str]:
    """Tail, bridge, body and head stages, numbered through in this order."""
    sections: dict[str, list[str]] = {"tail": [], "bridge": [], "body": [], "head": []}
    for node in stages.nodes:
        if isinstance(node.config, StageSpec):
            sections[node.config.section].append(node.name)
        elif isinstance(node.config, BridgeSpec):
            sections["bridge"].append(node.name)
    for section in ("bridge", "head"):
        if not sections[section]:
            raise UsageError(
                f"the authors' layout has a {section}, and {stages.name} has none",
                "weights of such a spec keep the fishcompile layout",
            )
    order = [name for names in sections.values() for name in names]
    return {name: f"fish.fish.{index}" for index, name in enumerate(order)}


def _containers(graph: Graph, stages: StageGraph) -> _Pairs:
    """Pairs of node paths, ours and theirs, in their order; some may not exist in the graph."""
    numbered = _numbered(stages)
    yield from _stem(graph)
    prefixes = block_prefixes(graph, stages)
    for stage, theirs in numbered.items():
        yield from _join(stage, theirs, _NARROW)
        for part in ("refine", "transfer"):
            repeated = f"{stage}.{part}"
            for block in graph.children.get(repeated, ()):
                if isinstance(block, Scope) and block.kind in _KINDS:
                    at = f"{prefixes[repeated]}.{block.local}"
                    yield from _join(block.name, at, _BOTTLENECK)
        yield from _join(stage, theirs, _GATE)
    last = list(numbered)[-1]
    for node in stages.nodes:
        # a classifier that reads another stage than the last has no place
        if isinstance(node.config, ClassifierSpec) and node.inputs[0].source == last:
            yield from _join(node.name, numbered[last], _CLASSIFIER)


def _stem(graph: Graph) -> _Pairs:
    layers = [item for item in graph.children.get("stem", ()) if not isinstance(item, Node)]
    for layer, theirs in zip(layers, _STEM, strict=False):
        yield from _join(layer.name, theirs, (("conv", "0"), ("bn", "1")))


def _join(ours: str, theirs: str, table: tuple[tuple[str, str], ...]) -> _Pairs:
    for local, index in table:
        yield f"{ours}.{local}", f"{theirs}.{index}"


def _states(node: Node | None) -> list[str]:
    return [entry.name for entry in node.op.state()] if node else []
