"""Choices: which widths that an author wrote go into a stage, and which of them a variant changed.

A base that holds by itself is not at fault where a variant of it does not hold: what the variant
writes is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fishcompile.analysis.stage_facts import StageFacts
from fishcompile.language.graph_spec import StageNode
from fishcompile.language.spec import StageSpec
from fishcompile.reader.tree import Path, Tree


def changed_width(
    node: StageNode, facts: Mapping[str, StageFacts], blamed: Path, tree: Tree
) -> tuple[str, Path] | None:
    """The width of a variant that goes into a stage of its base, and whose it is.

    `blamed` is a value that stands in the base. Of several variants on the way to it the outermost
    counts that writes such a width; where it writes several, none is known to be at fault.
    """
    if blamed not in tree.places:
        return None
    chosen = list(_chosen(node, facts, tree))
    for file in _variants_of(_file(blamed, tree), tree):
        own = [(name, path) for name, path in chosen if _file(path, tree) == file]
        if own:
            return own[0] if len(own) == 1 else None
    return None


def _variants_of(file: str, tree: Tree) -> list[str]:
    """The files that extend a file, from the spec itself inwards; to use one is not to vary it."""
    found: list[str] = []
    while file in tree.includes and len(found) < len(tree.includes):
        if tree.includes[file].word != "extends":
            break
        file = tree.includes[file].span.source.name
        found.append(file)
    return found[::-1]


def _file(path: Path, tree: Tree) -> str:
    return tree.value_span(path).source.name


def _chosen(
    node: StageNode, facts: Mapping[str, StageFacts], tree: Tree
) -> Iterator[tuple[str, Path]]:
    """The widths that go into a stage: its own, and the nearest that are written before it."""
    yield from _outs(node, tree)
    todo, seen = [edge.source for edge in node.inputs], {node.name}
    while todo:
        name = todo.pop()
        if name in seen or name not in facts:
            continue
        seen.add(name)
        source = facts[name].node
        chosen = list(_outs(source, tree))
        yield from chosen
        edges = source.inputs[1:] if chosen else source.inputs
        todo += [edge.source for edge in edges]


def _outs(node: StageNode, tree: Tree) -> Iterator[tuple[str, Path]]:
    """The width that a node chooses, if it does: where it only asserts one, that is no choice."""
    if isinstance(node.config, tuple):
        written = [layer for layer in node.config if layer.out is not None]
        if written:
            yield f"{node.name}.{written[-1].name}", (*written[-1].path, "out")
        return
    if isinstance(node.config, StageSpec) and node.config.shortcut != "project":
        return
    out: Path = (*node.path, "out")
    if out in tree.places:
        yield node.name, out
