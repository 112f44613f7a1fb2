"""FC509: Batch norm has more than one value of an image to normalise over."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from fishcompile.diagnostics.finding import Diagnostic, Related
from fishcompile.ops.adaptive_avg_pool import AdaptiveAvgPool
from fishcompile.ops.batch_norm import BatchNorm
from fishcompile.ops.global_avg_pool import GlobalAvgPool
from fishcompile.rules.base import Rule
from fishcompile.rules.design import listed, warnings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fishcompile.analysis.facts import Facts
    from fishcompile.ir.graph import Node

_MESSAGE = "batch norm over a map of one pixel in"
_LABEL = "one value of each channel and image"


def _check(facts: Facts) -> Iterator[Diagnostic]:
    """A finding for each stage behind a global average, and one for all that shrank to a pixel."""
    types = facts.inference.graph.types
    nodes = {node.name: node for node in facts.inference.graph.nodes}
    small = {name for name, type_ in types.items() if prod(map(int, type_.sides)) == 1}
    behind: dict[str, bool] = {}  # whether a value of one pixel comes from an average
    alone: dict[str, Node] = {}
    shrunk: dict[str, Node] = {}
    for node in nodes.values():
        if node.name not in small:
            continue
        source = node.data[0] if node.data else ""
        averaged = isinstance(node.op, GlobalAvgPool | AdaptiveAvgPool)
        behind[node.name] = behind.get(source, False) if source in small else averaged
        if isinstance(node.op, BatchNorm):
            found = alone if behind[node.name] else shrunk
            found.setdefault(facts.stage(node).name, node)
    yield from warnings((facts.stage(node), _averaged(facts, node)) for node in alone.values())
    if shrunk:
        yield _of_the_size(facts, shrunk)


def _averaged(facts: Facts, node: Node) -> Diagnostic:
    stage = facts.stage(node)
    path = stage.path
    if isinstance(stage.config, tuple):  # the layers of a stem
        path = next(one.path for one in stage.config if one.name == node.name.split(".")[1])
    norm = (*path, "norm")
    written = norm in facts.tree.places
    span = facts.tree.value_span(norm) if written else facts.tree.key_span(path)
    help_ = "write `norm: none` there, or norm before the average"
    return Diagnostic(
        "FC509", f"{_MESSAGE} {{}}", span, _LABEL, notes=(_note(node),), help=(help_,)
    )


def _of_the_size(facts: Facts, shrunk: dict[str, Node]) -> Diagnostic:
    node = next(iter(shrunk.values()))
    size = ("input", "size")
    there = size in facts.tree.places
    stage = facts.tree.key_span(facts.stage(node).path)
    span = facts.tree.value_span(size) if there else stage
    related = (Related(stage, "first met here"),) if there else ()
    message = f"{_MESSAGE} {listed(shrunk)}"
    help_ = "raise `input.size`, or sample down less often"
    return Diagnostic(
        "FC509", message, span, _LABEL, "warning", related, (_note(node),), help=(help_,)
    )


def _note(node: Node) -> str:
    return f"the norm is {node.name}; training with one image raises"


RULE = Rule(
    severity="warning",
    why=(
        "In training, batch norm takes mean and variance over the pixels of all images of a batch "
        "(Ioffe and Szegedy 2015). On a map of one pixel that is one value an image: a batch of "
        "one has no variance, and torch refuses it; of a small batch the values are noise. It "
        "happens behind a global average, and where an image is so small that the last stages "
        "are left with one pixel."
    ),
    bad="""\
fishspec: 2
name: small
graph:
  conv: {kind: conv, from: input, out: 16, stride: 2}
  average: {kind: global_avg_pool}
  squeeze: {kind: conv, out: 8, kernel: 1}  # expect: FC509 @ 3-10 "one pixel in squeeze"
outputs: {vector: squeeze}
""",
    good="""\
fishspec: 2
name: small
graph:
  conv: {kind: conv, from: input, out: 16, stride: 2}
  average: {kind: global_avg_pool}
  squeeze: {kind: conv, out: 8, kernel: 1, norm: none}
outputs: {vector: squeeze}
""",
    check=_check,
    whole=True,
)
