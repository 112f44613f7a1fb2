"""Demands: which widths each kind of stage has, and what it asks of them; one match for all kinds.

A new kind of stage gets a case in `_stage_widths`, and nothing else of scaling knows about it: its
chosen widths are the numbers written at paths, all others sums of these (see width.py).
"""

from __future__ import annotations

from fractions import Fraction

from fishcompile.language.graph_spec import NodeSpec, StageNode
from fishcompile.language.spec import (
    BlockSpec,
    BlocksSpec,
    BridgeSpec,
    ClassifierSpec,
    DenseSpec,
    LayerSpec,
    StageSpec,
)
from fishcompile.language.stage_graph import INPUT, StageGraph
from fishcompile.reader.tree import Path, Tree
from fishcompile.scaling.network import Demand, Tie, Widths
from fishcompile.scaling.nodes import node_width
from fishcompile.scaling.own import ask_own
from fishcompile.scaling.residual import ask_residual, grouped_norm
from fishcompile.scaling.roles import Roles
from fishcompile.scaling.scope import Network, Scope
from fishcompile.scaling.width import Width, constant


def read_widths(stages: StageGraph, base: Tree) -> Widths:
    """The widths of a network and what its stages ask of them, in the order of the data.

    Raises UnfollowedError where they are no sums of what is chosen.
    """
    found = Widths()
    definitions = {block.name: block for block in stages.blocks}
    network = Network(base, definitions, Roles(definitions), _stage_widths)
    outputs = {INPUT: constant(stages.input.channels)}
    for node in stages.nodes:
        inputs = [outputs[edge.source] for edge in node.inputs]
        outputs[node.name] = _stage_widths(node, inputs, Scope(found, network, node.path))
    for name, source in stages.outputs:
        # what leaves is what the network is for, most often classes
        for path, share in outputs[source].parts.items():
            if outputs[source].parts == {path: share} and share == 1 and not outputs[source].fixed:
                found.pinned.setdefault(path, f"it leaves as the output `{name}`")
    return found


def _stage_widths(node: StageNode, inputs: list[Width], scope: Scope) -> Width:
    """What leaves a stage; what it demands is added to what was found."""
    found = scope.found
    match node.config:
        case StageSpec() as stage:
            return _stage(stage, inputs, scope)
        case BridgeSpec() as bridge:
            return _bridge(bridge, node.name, inputs[0], scope)
        case ClassifierSpec() | DenseSpec() as last:
            at = (*last.path, "reduction")
            found.demands.append(Demand(inputs[0], node.name, at, last.reduction))
            middle = last.reduction
            found.demands += grouped_norm(node.name, last.path, last.norm, inputs[0], 1, middle)
            return constant(last.classes)
        case LayerSpec() as layer:
            return _layer(node.name, layer, inputs[0], scope)
        case BlocksSpec() as row:
            width = inputs[0] if row.out is None else scope.choose((*row.path, "out"), row.out)
            scope.keep(node.name, width)
            if row.out is not None and width.base == inputs[0].base and row.stride == 1:
                why = f"{node.name} keeps its width, without a projection"
                found.ties.append(Tie(width, inputs[0], (*row.path, "out"), why, hard=False))
            steps = {"stride": row.stride, "dilation": row.dilation}
            _blocks(node.name, row.path, row.block, (inputs[0], width), row.blocks, steps, scope)
            return width
        case NodeSpec() as other:
            return node_width(node, other, inputs, scope)
        case layers:
            x = inputs[0]
            for layer in layers:
                x = _layer(f"{node.name}.{layer.name}", layer, x, scope)
            return x


def _layer(name: str, layer: LayerSpec, x: Width, scope: Scope) -> Width:
    if layer.out is None:
        return x
    width = scope.choose((*layer.path, "out"), layer.out)
    at, what = (*layer.path, "groups"), "for its groups"
    found = scope.found
    found.demands += [Demand(each, name, at, 1, layer.groups, what) for each in (x, width)]
    found.demands += grouped_norm(name, layer.path, layer.norm, width, 1)
    scope.keep(name, width)
    return width


def _stage(stage: StageSpec, inputs: list[Width], scope: Scope) -> Width:
    width = _trunk(stage, inputs[0], scope)
    scope.keep(stage.name, width)
    steps = {"stride": 1, "dilation": stage.dilation}
    name, at, block = stage.name, stage.path, stage.block
    _blocks(name, at, block, (inputs[0], width), stage.blocks, steps, scope)
    if len(inputs) < 2:
        return width
    skip = inputs[1]
    if stage.transfer is not None and stage.transfer.blocks:
        once = {"stride": 1, "dilation": 1}
        _blocks(name, at, block, (skip, skip), stage.transfer.blocks, once, scope)
    if stage.merge != "add":
        return width + skip
    why = f"{stage.name} adds them up"
    scope.found.ties.append(Tie(width, skip, (*stage.path, "merge"), why))
    return width


def _trunk(stage: StageSpec, x: Width, scope: Scope) -> Width:
    """The width of a stage before the merge."""
    out: Path = (*stage.path, "out")
    found = scope.found
    match stage.shortcut:
        case "project" if stage.out is not None:
            width = scope.choose(out, stage.out)
            if width.base == x.base:
                why = f"{stage.name} keeps its width, without a projection"
                found.ties.append(Tie(width, x, out, why, hard=False))
            return width
        case "reduce":
            width = x.times(Fraction(1, stage.k))
            found.demands.append(Demand(width, stage.name, (*stage.path, "k")))
        case "duplicate":
            width = x.times(Fraction(stage.k))
        case _:
            width = x
    if stage.out is not None:
        found.asserted[scope.network.written(out)] = width
    return width


def _bridge(bridge: BridgeSpec, name: str, x: Width, scope: Scope) -> Width:
    width = scope.choose((*bridge.path, "out"), bridge.out)
    found, norm = scope.found, bridge.block.norm
    # its first convolution halves what enters, and both are normed, and what it is widened to
    wide = x.times(Fraction(bridge.widen))
    found.demands.append(Demand(x, name, bridge.path, 2))
    found.demands += grouped_norm(name, (*bridge.path, "block"), norm, x, 1, 2)
    if bridge.gate != "none":
        at = (*bridge.path, "squeeze")
        found.demands.append(Demand(width, name, at, bridge.squeeze))
        found.demands += grouped_norm(name, (*bridge.path, "block"), norm, wide, 1)
    scope.keep(name, width)
    steps = {"stride": 1, "dilation": 1}
    _blocks(name, bridge.path, bridge.block, (wide, width), bridge.blocks, steps, scope)
    return width


def _blocks(
    stage: str,
    path: Path,
    block: BlockSpec,
    ends: tuple[Width, Width],
    blocks: int,
    steps: dict[str, int],
    scope: Scope,
) -> None:
    """What the residual blocks of a stage demand of the widths that enter and leave it."""
    if block.is_own:
        ask_own(stage, path, block, *ends, blocks, steps, scope)
    else:
        ask_residual(stage, path, block, *ends, blocks, scope.found)
