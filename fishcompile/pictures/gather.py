"""From an analysis to the scene: its stages as marks, what they read as links."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from fishcompile.analysis.crossings import Crossing, crossings
from fishcompile.analysis.free_paths import ends_of, stages_of
from fishcompile.analysis.strides import strides
from fishcompile.ir.graph import Item, Node
from fishcompile.language.spec import ClassifierSpec, DenseSpec
from fishcompile.language.stage_graph import INPUT
from fishcompile.ops.tensor import TensorType, feature_map
from fishcompile.pictures.colours import colours_of
from fishcompile.pictures.faults import faults_of
from fishcompile.pictures.reads import Reads, first_reads, freely_reached, without
from fishcompile.pictures.scene import Link, Mark, Scene
from fishcompile.pictures.stripes import stripes
from fishcompile.pictures.words import kind_of, reduction_of, title_of
from fishcompile.record import record

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
        lambda name, readers: name not in given and facts.hides(name, readers),
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
            reduction_of(node.config),
            facts.given(node.name),
            facts.is_end(node),
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


@record
class _Facts:
    """What the graph says of the stages, by their names."""

    analysis: Analysis

    @cached_property
    def graph(self):
        return self.analysis.inference.graph
