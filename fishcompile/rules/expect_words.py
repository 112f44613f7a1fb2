"""A broken width in words: who produces it, how it was derived, and what would mend it."""

from __future__ import annotations

from fishcompile.analysis.stage_facts import StageFacts
from fishcompile.diagnostics.finding import Diagnostic, Related
from fishcompile.language.graph_spec import NodeSpec, StageNode
from fishcompile.language.spec import (
    SECTIONS,
    BlocksSpec,
    BridgeSpec,
    ClassifierSpec,
    DenseSpec,
    LayerSpec,
    StageSpec,
)
from fishcompile.language.stage_graph import INPUT
from fishcompile.reader.respell import rewritten
from fishcompile.reader.tree import Path, Tree


def entering(facts: StageFacts, path: Path, tree: Tree) -> Diagnostic:
    """The finding for a stage that is given another width than it expects, at `path`."""
    node, have, want = facts.node, facts.entering, tree.get(path)
    joined = have != facts.inputs[0].channels
    edges = node.inputs if joined else node.inputs[:1]
    source = "+".join(edge.source for edge in edges)
    gives = "give" if joined else "gives"
    either = " or ".join(f"`{edge.source}`" for edge in edges)
    return Diagnostic(
        "FC401",
        f"{node.name} is expected to take {want} channels, {source} {gives} it {have}",
        tree.value_span(path),
        label=f"expected {want}, got {have}",
        related=tuple(
            found
            for edge, type_ in zip(edges, facts.inputs, strict=False)
            for found in _producer(edge.source, type_.channels, tree)
        ),
        help=(f"write `in: {have}` here, or change the width of {either}",),
        fixes=rewritten(tree.value_span(path), str(have), safe=False),
    )


def leaving(facts: StageFacts, path: Path, tree: Tree) -> Diagnostic:
    """The finding for a stage that gives another width than it says, at `path`."""
    node, have, want = facts.node, facts.trunk.channels, tree.get(path)
    return Diagnostic(
        "FC401",
        f"{node.name} is expected to give {want} channels, it gives {have}",
        tree.value_span(path),
        label=f"expected {want}, got {have}",
        related=_chosen(node, path, tree)
        or _producer(node.inputs[0].source, facts.inputs[0].channels, tree),
        notes=(_derivation(facts, have),),
        help=_ways_out(facts, str(path[-1]), have, want),
        fixes=rewritten(tree.value_span(path), str(have), safe=False),
    )


def _chosen(node: StageNode, path: Path, tree: Tree) -> tuple[Related, ...]:
    """The stage's own `out`, where that is what gives the width."""
    out = (*node.path, "out")
    projects = isinstance(node.config, BridgeSpec | LayerSpec | NodeSpec | BlocksSpec) or (
        isinstance(node.config, StageSpec) and node.config.shortcut == "project"
    )
    if not projects or path == out or out not in tree.places:
        return ()
    return (Related(tree.value_span(out), f"{node.name} chooses this width"),)


def _producer(source: str, channels: int, tree: Tree) -> tuple[Related, ...]:
    if source == INPUT:
        return ()
    sections = (*SECTIONS, "graph")
    written = [(section, source) for section in sections if (section, source) in tree.places]
    path: Path = written[0] if written else (source,)
    out = (*path, "out")
    span = tree.value_span(out) if out in tree.places else tree.key_span(path)
    return (Related(span, f"{source} produces {channels} channels"),)


def _derivation(facts: StageFacts, have: int) -> str:
    """Where the width came from, in the words of the spec."""
    node, channels = facts.node, facts.inputs[0].channels
    match node.config:
        case StageSpec(shortcut="reduce", k=1):
            how = f"r(x) with k = 1 keeps them: {channels} // 1 = {have}"
        case StageSpec(shortcut="reduce", k=k):
            how = f"r(x) sums each {k}: {channels} // {k} = {have}"
        case StageSpec(shortcut="duplicate", k=k):
            how = f"each is repeated {k} times: {channels} * {k} = {have}"
        case StageSpec(shortcut="identity"):
            how = "an identity shortcut keeps them"
        case StageSpec() | BridgeSpec():
            how = f"the first block projects them to {have}"
        case ClassifierSpec() | DenseSpec():
            how = f"`classes: {have}`"
        case _:
            how = f"{node.name} makes {have} of them"
    return f"{node.inputs[0].source} -> {node.name} brings {channels} channels; {how}"


def _ways_out(facts: StageFacts, key: str, have: int, want: object) -> tuple[str, ...]:
    fixes = [f"write `{key}: {have}` here"]
    config, channels = facts.node.config, facts.inputs[0].channels
    match config:
        case StageSpec(shortcut="reduce") if isinstance(want, int) and want > 0:
            if channels % want == 0 and channels // want <= 64:
                fixes.append(f"or `k: {channels // want}`, so that {facts.node.name} gives {want}")
        case StageSpec(shortcut="identity"):
            fixes.append("or `shortcut: project` with `out`, which costs an I-conv")
        case StageSpec(shortcut="project") | BridgeSpec():
            fixes.append(f"or `out: {want}` for {facts.node.name}")
        case ClassifierSpec():
            fixes.append(f"or `classes: {want}`")
    return tuple(fixes)
