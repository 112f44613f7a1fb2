"""Beyond: what is wrong with a spec besides the errors that keep it from being a network.

Names are looked up and shapes inferred in a repaired tree. What depends on a value that nobody
wrote is not told, nor what is judged of the network as a whole: costs, tables and design.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from fishcompile.analysis.limits import too_many_blocks
from fishcompile.analysis.shapes import infer
from fishcompile.blame.repair import Repaired, repaired
from fishcompile.blame.stages import explain
from fishcompile.diagnostics.finding import Diagnostic, SpecError
from fishcompile.language.defaults import apply_defaults
from fishcompile.language.fish_to_graph import stage_graph
from fishcompile.language.parse import parse_spec
from fishcompile.language.stage_graph import StageGraph
from fishcompile.reader.tree import Tree
from fishcompile.schema.validate import validate

_EVERYWHERE = ("input", "defaults", "blocks")  # whose doubts are those of every stage


def beyond(tree: Tree, found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings that do not depend on those that were `found`, as far as they can be known."""
    found = tuple(found)
    mended = repaired(Repaired(tree), found)
    if mended is None or validate(mended.tree):
        return []
    told: list[Diagnostic] = []
    for _ in range(2):  # names are looked up once the keys are mended
        whole = apply_defaults(mended.tree)
        try:
            stages = stage_graph(parse_spec(whole), whole)
        except SpecError as error:
            names = error.report.diagnostics
        else:
            return [*told, *_shapes(stages, whole, mended)]
        told += [one for one in names if not mended.doubts(one.span)]
        mended = repaired(mended, names)
        if mended is None or validate(mended.tree):  # a word for another may not fit its place
            break
    return told


def _shapes(stages: StageGraph, tree: Tree, mended: Repaired) -> list[Diagnostic]:
    everywhere = any(path[0] in _EVERYWHERE for path in mended.doubtful)
    if everywhere or too_many_blocks(stages, tree):
        return []
    inference = infer(stages)
    doubtful = set[str]()
    for node in stages.nodes:
        own = any(node.path[:size] in mended.doubtful for size in (1, 2))
        if own or any(edge.source in doubtful for edge in node.inputs):
            doubtful.add(node.name)
    note = (f"with {', '.join(mended.words)}",) if mended.words else ()
    return [
        replace(told, notes=(*told.notes, *note))
        for failure in inference.failures
        if failure.node.name not in doubtful
        for told in [explain(failure, inference.stages, tree)]
    ]
