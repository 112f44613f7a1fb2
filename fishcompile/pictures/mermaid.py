"""Mermaid: the stages of a spec as a flow chart for Markdown, the shape on each edge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fishcompile.formats._snippets import visible
from fishcompile.language.stage_graph import INPUT
from fishcompile.ops.tensor import TensorType, feature_map
from fishcompile.pictures.colours import colours_of
from fishcompile.pictures.faults import faults_of
from fishcompile.pictures.theme import COLOURS, INK, RED

if TYPE_CHECKING:
    from fishcompile.pipeline import Analysis


def mermaid(analysis: Analysis) -> str:
    """The chart: a node for each stage, called as in the spec, coloured by its section.

    Of a spec that does not hold the broken edges and stages are red, with the message at them.
    """
    return "\n".join([*_lines(analysis), ""])


def _lines(analysis: Analysis) -> Iterator[str]:
    stages, faults = analysis.stages, faults_of(analysis)
    image = stages.input
    types: dict[str, TensorType] = {INPUT: feature_map(image.channels, image.sides)}
    types |= {name: facts.output for name, facts in analysis.inference.stages.items()}
    colours, _ = colours_of(stages, types)
    ids = {INPUT: "n0"} | {node.name: f"n{at}" for at, node in enumerate(stages.nodes, 1)}
    yield "flowchart LR"
    yield f'  n0(["{_text(INPUT)}"])'
    for node in stages.nodes:
        number = faults.stages.get(node.name)
        message = f"<br>{_text(faults.messages[number - 1])}" if number else ""
        colour = colours[node.name] if node.name in types else "unknown"
        yield f'  {ids[node.name]}["{_text(node.name)}{message}"]:::c_{colour}'
    broken = []
    edges = 0
    for node in stages.nodes:
        for at, edge in enumerate(node.inputs):
            type_ = types.get(edge.source)
            shape = "?" if type_ is None else str(type_)
            yield f'  {ids[edge.source]} -- "{shape}" --> {ids[node.name]}'
            if (node.name, at) in faults.edges:
                broken.append(str(edges))
            edges += 1
    for at, (name, source) in enumerate((*stages.outputs, *stages.taps)):
        type_ = types.get(source)
        shape = "?" if type_ is None else str(type_)
        yield f'  {ids[source]} -. "{shape}" .-> t{at}(["{_text(name)}"])'
    for colour in sorted({*(colours[node.name] for node in stages.nodes), "unknown"}):
        light, _ = COLOURS[colour]
        yield f"  classDef c_{colour} fill:#ffffff,stroke:{light},stroke-width:2px,color:{INK[0]}"
    wrong = ",".join(ids[name] for name in faults.stages)
    if wrong:
        yield f"  style {wrong} stroke:{RED[0]},stroke-width:3px"
    if broken:
        yield f"  linkStyle {','.join(broken)} stroke:{RED[0]},stroke-width:3px"


def _text(text: str) -> str:
    """A text within quotation marks, each character that means something written as its number."""
    return "".join(c if c.isalnum() or c in " _-.,:()+/=" else f"#{ord(c)};" for c in visible(text))
