"""Hover: what is known of a stage, layer or block wherever it is named, and what a key means."""

from __future__ import annotations

from dataclasses import replace

from lsprotocol import types as lsp

from fishcompile.analysis.costs import below
from fishcompile.analysis.table import Row, stage_table
from fishcompile.diagnostics.source import Span
from fishcompile.lsp.language_keys import described, key_node, schema_of, with_blocks
from fishcompile.lsp.session import Session, Spot
from fishcompile.lsp.stage_names import Occurrence, occurrence_at, touches
from fishcompile.pipeline import Analysis
from fishcompile.reader.tree import Path, Plain, Tree


def hover(session: Session, at: Spot) -> lsp.Hover | None:
    """What is known of the word under the cursor; None where nothing is."""
    tree = session.tree(at.buffer)
    if tree is None:
        return None
    name = occurrence_at(tree, at.line, at.column)
    if name is not None:
        text = _named(session, at, name)
        if text:
            return _shown(session, text, name.span)
    found = _key_at(tree, at)
    if found is None:
        return None
    path, span = found
    value = with_blocks(tree.value, session.documents.layers(at.buffer.path))
    text = described(str(path[-1]), key_node(path, schema_of(value)))
    return _shown(session, f"`{path[-1]}`\n\n{text}", span) if text else None


def _named(session: Session, at: Spot, name: Occurrence) -> str:
    """What is known of a stage, a layer or a block."""
    match name.kind.word:
        case "block":
            layers = session.documents.layers(at.buffer.path)
            return _block(name.name, with_blocks({}, layers).get("blocks"))
        case "layer":
            analysis = session.documents.check(at.buffer.path).analysis
            return _layer(analysis, name.kind.within or "stem", name.name)
        case "stage":
            return _stage(session.documents.check(at.buffer.path).analysis, name)
    return ""


def _block(name: str, blocks: Plain) -> str:
    """A composite block in its own words, with what it reads and its parameters."""
    block = blocks.get(name) if isinstance(blocks, dict) else None
    if not isinstance(block, dict):
        return ""
    lines = [f"**{name}** of the blocks"]
    if isinstance(block.get("doc"), str):
        lines.append(str(block["doc"]))
    inputs, parameters = block.get("inputs"), block.get("parameters")
    said = []
    if isinstance(inputs, list):
        said.append("- reads " + ", ".join(f"`{each}`" for each in inputs))
    if isinstance(parameters, dict):
        said += [f"- `{key}: {default}`" for key, default in parameters.items()]
    return "\n\n".join([*lines, *(["\n".join(said)] if said else [])])


def _key_at(tree: Tree, at: Spot) -> tuple[Path, Span] | None:
    for path, place in tree.places.items():
        if place.key and touches(place.key, at.line, at.column):
            return path, place.key
    return None


def _stage(analysis: Analysis | None, name: Occurrence) -> str:
    """The stage's rows of the table, if its shapes could be inferred."""
    facts = analysis.inference.stages.get(name.name) if analysis else None
    if analysis is None or facts is None:
        return ""
    # the table of this stage and of the one it reads, which its row speaks of, not of thousands
    near = (facts.node.inputs[0].source, name.name)
    stages = {key: item for key, item in analysis.inference.stages.items() if key in near}
    rows = [
        row
        for row in stage_table(replace(analysis.inference, stages=stages), analysis.costs)
        if row.name == name.name or row.name.startswith(f"{name.name}.")
    ]
    section = facts.node.path[0]
    title = f"**{name.name}**" + ("" if section == name.name else f" of the {section}")
    merged = () if facts.output == facts.trunk else (f"merged with its skip: `{facts.output}`",)
    size = "x".join(map(str, analysis.stages.input.sides))
    return "\n\n".join(
        [title, *(_row(row, row.name != name.name) for row in rows), *merged, f"at input {size}"]
    )


def _row(row: Row, named: bool) -> str:
    blocks = f"{row.blocks} + {row.transfers}" if row.transfers else f"{row.blocks}"
    figures = [f"`{row.input}` to `{row.output}`"]
    figures += [f"blocks: {blocks}"] if row.blocks else []
    figures += [
        f"parameters: {row.cost.parameters:,}",
        f"MACs: {row.cost.macs:,}",
        f"convolutions: {row.cost.convolutions}, I-convs among them: {row.cost.isolated}",
    ]
    return "\n".join(([f"`{row.name}`"] if named else []) + [f"- {line}" for line in figures])


def _layer(analysis: Analysis | None, stem: str, name: str) -> str:
    scopes = analysis.inference.graph.scopes if analysis else ()
    output = next((scope.output for scope in scopes if scope.name == f"{stem}.{name}"), None)
    if analysis is None or output is None:
        return ""
    cost = below(analysis.costs, f"{stem}.{name}")
    shape = analysis.inference.graph.types[output]
    return (
        f"**{name}** of the {stem}\n\n- gives `{shape}`\n- parameters: {cost.parameters:,}\n"
        f"- MACs: {cost.macs:,}"
    )


def _shown(session: Session, text: str, span: Span) -> lsp.Hover:
    content = lsp.MarkupContent(lsp.MarkupKind.Markdown, text)
    return lsp.Hover(content, session.positions.range(span))
