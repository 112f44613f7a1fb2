"""Demands: which widths each kind of stage has, and what it asks of them; one match for all kinds.

A new kind of stage gets a case in `_stage_widths`, and nothing else of scaling knows about it: its
chosen widths are the numbers written at paths, all others sums of these (see width.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from fishcompile.language.graph_spec import NodeSpec, StageNode
from fishcompile.language.scaling.network import Demand, Tie, UnfollowedError, Widths
from fishcompile.language.scaling.nodes import node_width
from fishcompile.language.scaling.width import Width
from fishcompile.language.spec import (
    BlockSpec,
    BlocksSpec,
    BridgeSpec,
    ClassifierSpec,
    DenseSpec,
    LayerSpec,
    NormSpec,
    StageSpec,
)
from fishcompile.language.stage_graph import INPUT, StageGraph
from fishcompile.tree import Path


def read_widths(stages: StageGraph) -> Widths:
    """The widths of a network and what its stages ask of them, in the order of the data."""
    found = Widths()
    channels = Fraction(stages.input.channels)
    outputs = {INPUT: Width(channels, fixed=channels)}
    for node in stages.nodes:
        inputs = [outputs[edge.source] for edge in node.inputs]
        outputs[node.name] = _stage_widths(node, inputs, found)
    return found


def _stage_widths(node: StageNode, inputs: list[Width], found: Widths) -> Width:
    """What leaves a stage; what it demands is added to `found`.

    Raises UnfollowedError where a block of the spec's own would have to be followed.
    """
    block = getattr(node.config, "block", None)
    if isinstance(block, BlockSpec) and block.is_own:
        raise UnfollowedError(node)
    match node.config:
        case StageSpec() as stage:
            return _stage(stage, inputs, found)
        case BridgeSpec() as bridge:
            return _bridge(bridge, inputs[0], found)
        case ClassifierSpec() | DenseSpec() as last:
            at = (*last.path, "reduction")
            found.demands.append(Demand(inputs[0], node.name, at, last.reduction))
            middle = last.reduction
            found.demands += _grouped_norm(node.name, last.path, last.norm, inputs[0], 1, middle)
            return inputs[0]
        case LayerSpec() as layer:
            return _layer(node.name, layer, inputs[0], found)
        case BlocksSpec() as row:
            width = inputs[0] if row.out is None else found.choose((*row.path, "out"), row.out)
            found.kept.append((node.name, width))
            _blocks(node.name, row.path, row.block, width, found)
            return width
        case NodeSpec() as other:
            return node_width(node, other, inputs, found)
        case layers:
            x = inputs[0]
            for layer in layers:
                x = _layer(f"{node.name}.{layer.name}", layer, x, found)
            return x


def _layer(name: str, layer: LayerSpec, x: Width, found: Widths) -> Width:
    if layer.out is None:
        return x
    width = found.choose((*layer.path, "out"), layer.out)
    at, what = (*layer.path, "groups"), "for its groups"
    found.demands += [Demand(each, name, at, 1, layer.groups, what) for each in (x, width)]
    found.demands += _grouped_norm(name, layer.path, layer.norm, width, 1)
    found.kept.append((name, width))
    return width


def _grouped_norm(
    stage: str, path: Path, norm: NormSpec, width: Width, *divisors: int
) -> Iterator[Demand]:
    """That the channels of a group norm divide a width, and its quotients."""
    if norm.kind == "group":
        what = f"for groups of {norm.channels} channels"
        for divisor in divisors:
            yield Demand(width, stage, (*path, "norm"), divisor, norm.channels, what)


def _stage(stage: StageSpec, inputs: list[Width], found: Widths) -> Width:
    width = _trunk(stage, inputs[0], found)
    found.kept.append((stage.name, width))
    _blocks(stage.name, stage.path, stage.block, width, found)
    if len(inputs) < 2:
        return width
    skip = inputs[1]
    if stage.transfer is not None and stage.transfer.blocks:
        _blocks(stage.name, stage.path, stage.block, skip, found)
    if stage.merge != "add":
        return width + skip
    why = f"{stage.name} adds them up"
    found.ties.append(Tie(width, skip, (*stage.path, "merge"), why))
    return width


def _trunk(stage: StageSpec, x: Width, found: Widths) -> Width:
    """The width of a stage before the merge."""
    out: Path = (*stage.path, "out")
    match stage.shortcut:
        case "project" if stage.out is not None:
            width = found.choose(out, stage.out)
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
        found.asserted[out] = width
    return width


def _bridge(bridge: BridgeSpec, x: Width, found: Widths) -> Width:
    width = found.choose((*bridge.path, "out"), bridge.out)
    # its first convolution halves what enters
    found.demands.append(Demand(x, "bridge", bridge.path, 2))
    if bridge.gate != "none":
        at = (*bridge.path, "squeeze")
        found.demands.append(Demand(width, "bridge", at, bridge.squeeze))
    found.kept.append(("bridge", width))
    _blocks("bridge", bridge.path, bridge.block, width, found)
    return width


def _blocks(stage: str, path: Path, block: BlockSpec, width: Width, found: Widths) -> None:
    """What residual blocks ask of their width: a middle, and one that its groups divide."""
    divisor = 1 if block.kind in ("basic", "resnet_basic") else block.reduction
    grouped = block.group_width or block.groups
    key = "group_width" if block.group_width else "groups" if grouped > 1 else "reduction"
    kind = f"groups of {grouped}" if block.group_width else f"{grouped} groups"
    what = f"for {kind} of a middle divided by {divisor}"
    found.demands.append(Demand(width, stage, (*path, "block", key), divisor, grouped, what))
    if block.se:
        found.demands.append(Demand(width, stage, (*path, "block", "se"), block.se))
    found.demands += _grouped_norm(stage, (*path, "block"), block.norm, width, 1, divisor)
