"""From an analysis to the scene: its stages as marks, what they read as links."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from fishcompile.analysis.crossings import Crossing, crossings
from fishcompile.analysis.free_paths import ends_of
from fishcompile.analysis.strides import strides
from fishcompile.ir.graph import Graph, Node
from fishcompile.language.stage_graph import INPUT
from fishcompile.ops.tensor import TensorType, feature_map
from fishcompile.pictures.colours import colours_of
from fishcompile.pictures.faults import faults_of
from fishcompile.pictures.reads import Reads, first_reads, freely_reached, without
from fishcompile.pictures.scene import Link, Mark, Scene
from fishcompile.pictures.stripes import stripes
from fishcompile.pictures.words import blocks_of, kind_of, reduction_of, title_of

if TYPE_CHECKING:
    from fishcompile.language.graph_spec import StageNode
    from fishcompile.pipeline import Analysis


def gather(analysis: Analysis) -> Scene:
    """The scene of a spec, whether all of it holds or not."""
    stages, facts = analysis.stages, _Facts(analysis)
    faults = faults_of(analysis)
    all_reads = first_reads(stages.nodes, facts.crossing, facts.known, faults.edges)
    reached = freely_reached(all_reads, facts.ends)
    given = {source for _, source in (*stages.taps, *stages.outputs)} | faults.stages.keys()
    reads = without(
        all_reads,
        lambda name: name not in given and facts.hides(name),
        lambda name, source: facts.types.get(name) == facts.types.get(source),
    )
    colours, labels = colours_of(stages, facts.types)
    runs = stripes(facts.graph, colours)
    marks = [
        Mark(
            (node.name,),
            colours[node.name] if facts.known(node.name) else "unknown",
            facts.types.get(node.name),
            title_of(node.name, node.config, facts.types.get(node.name)),
            runs.get(node.name, ()),
            facts.waist(node),
            kind_of(node.config),
            blocks_of(node.config),
            reduction_of(node.config),
            facts.taps(node.name),
            error=faults.stages.get(node.name, 0),
        )
        for node in stages.nodes
        if node.name in reads
    ]
    if sum(read.source == INPUT for some in reads.values() for read in some) > 1:
        shape = facts.types[INPUT]
        marks.insert(0, Mark((INPUT,), "unknown", shape, f"input: {shape}"))
    at = {mark.names[0]: position for position, mark in enumerate(marks)}
    links = _links(reads, at, reached)
    used = {name for mark in marks for makers, _ in mark.stripes for name in makers}
    used |= {mark.colour for mark in marks}
    legend = tuple((name, label) for name, label in labels.items() if name in used)
    title = stages.title or stages.name
    return Scene(title, _subtitle(analysis), tuple(marks), links, legend, faults.messages)


def _links(reads: Reads, at: dict[str, int], reached: set[str]) -> tuple[Link, ...]:
    return tuple(
        Link(
            at[read.source],
            at[name],
            read.crossing,
            read.via,
            name in reached,
            read.known,
            read.error,
        )
        for name, some in reads.items()
        for read in some
        if read.source in at
    )


def _subtitle(analysis: Analysis) -> str:
    image = analysis.stages.input
    words = ["\u00d7".join(map(str, (image.channels, *image.sides)))]
    if not analysis.inference.failures and analysis.inference.stages:
        total = analysis.total
        words.append(f"{total.parameters:,} parameters")
        words.append(f"{total.macs / 1e9:.3g} GMACs")
    return " \u00b7 ".join(words)


@dataclass(frozen=True)
class _Facts:
    """What the graph says of the stages, by their names."""

    analysis: Analysis

    @cached_property
    def graph(self) -> Graph:
        return self.analysis.inference.graph

    @cached_property
    def values(self) -> dict[str, str]:
        """What each stage's output is called in the graph."""
        found = {INPUT: INPUT}
        for item in self.graph.children[""]:
            found[item.name] = item.name if isinstance(item, Node) else item.output
        return found

    @cached_property
    def types(self) -> dict[str, TensorType]:
        image = self.analysis.stages.input
        found = {name: facts.output for name, facts in self.analysis.inference.stages.items()}
        return {INPUT: feature_map(image.channels, image.sides), **found}

    @cached_property
    def inside(self) -> dict[str, list[Node]]:
        """The nodes of each stage."""
        found: dict[str, list[Node]] = defaultdict(list)
        for node in self.graph.nodes:
            found[node.name.partition(".")[0]].append(node)
        return found

    @cached_property
    def ends(self) -> list[str]:
        """The stages that the network's heads read."""
        if not self.graph.outputs and not self.graph.taps:
            return []
        return [name.partition(".")[0] for name in ends_of(self.graph)]

    @cached_property
    def crossings(self) -> dict[tuple[str, str], Crossing]:
        return crossings(self.graph)

    @cached_property
    def strides(self) -> dict[str, int]:
        return strides(self.graph)

    @cached_property
    def named(self) -> dict[str, list[str]]:
        """The taps and outputs that each stage gives."""
        found: dict[str, list[str]] = defaultdict(list)
        for name, stage in (*self.analysis.stages.taps, *self.analysis.stages.outputs):
            found[stage].append(name)
        return found

    def known(self, name: str) -> bool:
        return name in self.analysis.inference.stages

    def crossing(self, name: str, source: str) -> Crossing | None:
        value = self.values.get(source)
        return None if value is None else self.crossings.get((name, value))

    def hides(self, name: str) -> bool:
        """Whether a stage has no weights, and is known."""
        ops = self.inside.get(name, [])
        return bool(ops) and all(node.op.gradient != "weighted" for node in ops)

    def waist(self, node: StageNode) -> int | None:
        """The least height inside, where both the input and the output are higher."""
        inside = self.inside.get(node.name, ())
        maps = [n.type.sides[0] for n in inside if n.type.sides and n.type.sides[0] > 1]
        around = [self.types.get(name) for name in (node.inputs[0].source, node.name)]
        ends = [type_.sides[0] for type_ in around if type_ is not None and type_.sides]
        return min(maps) if maps and len(ends) == 2 and min(maps) < min(ends) else None

    def taps(self, name: str) -> tuple[str, ...]:
        """The taps and outputs, each with its stride where it is a map."""
        stride = self.strides.get(self.values.get(name, ""), 1)
        is_map = name in self.types and bool(self.types[name].sides)
        return tuple(f"{tap} /{stride}" if is_map else tap for tap in self.named[name])
