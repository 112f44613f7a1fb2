"""FC506: From every stage a path leads to the output, or to a tap, without a convolution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fishcompile.diagnostics.finding import Diagnostic, Related
from fishcompile.ops.deconv import ConvTranspose
from fishcompile.rules.base import Rule
from fishcompile.rules.design import listed
from fishcompile.rules.fc501_isolated_convolution import outside_the_tail
from fishcompile.rules.fc504_strided_convolution import strided

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fishcompile.analysis.facts import Facts
    from fishcompile.analysis.gradient import DeadEnd
    from fishcompile.language.graph_spec import StageNode


def _check(facts: Facts) -> Iterator[Diagnostic]:
    from fishcompile.analysis.gradient import dead_ends
    from fishcompile.language.spec import BridgeSpec, StageSpec

    graph, by_name = facts.inference.graph, facts.stages.by_name
    outputs = {node.name: node.name for node in graph.nodes if not node.scope}
    outputs |= {scope.name: scope.output for scope in graph.scopes if not scope.parent}
    ends = [source for _, source in (*facts.stages.taps, *facts.stages.outputs)]
    ends += [edge.source for node in _heads(facts) for edge in node.inputs]
    starts = {
        node.name: outputs[node.name]
        for node in facts.stages.nodes
        if isinstance(node.config, StageSpec | BridgeSpec)
    }
    known = [outputs[name] for name in ends if name in outputs]  # the input is no stage's output
    closed = dead_ends(graph, starts, known, _reported(facts))
    roots: dict[str, str] = {}
    before: dict[str, list[str]] = {}
    for name, end in reversed(closed.items()):  # so that what a stage leads to is known
        roots[name] = roots[end.through[0]] if end.through else name
        before.setdefault(roots[name], []).append(name)
    for name, end in closed.items():
        if not end.through:
            yield _finding(facts, by_name[name], end, before[name][:0:-1])


def _heads(facts: Facts) -> list[StageNode]:
    from fishcompile.language.spec import ClassifierSpec, DenseSpec

    heads = ClassifierSpec | DenseSpec
    return [node for node in facts.stages.nodes if isinstance(node.config, heads)]


def _reported(facts: Facts) -> set[str]:
    """Convolutions that other rules report: they are the root cause, and so count as mended."""
    found = {name for _, name, _ in outside_the_tail(facts)}
    found.update(name for _, name in strided(facts))
    found.update(node.name for node in facts.inside(ConvTranspose))
    return found


def _finding(facts: Facts, stage: StageNode, end: DeadEnd, before: list[str]) -> Diagnostic:
    first: dict[str, str] = {}
    for name in end.convolutions:
        first.setdefault(name.partition(".")[0], name)
    related = tuple(
        Related(facts.tree.key_span(facts.stages.by_name[name].path), f"first met here: {conv}")
        for name, conv in first.items()
    )
    notes = (f"the same holds for {listed(before)}, by way of {stage.name}",) if before else ()
    return Diagnostic(
        "FC506",
        f"no convolution-free path from {stage.name} to the output",
        facts.tree.key_span(stage.path),
        "every way on crosses a convolution",
        "warning",
        related,
        notes,
        (f"let a later stage merge it: `transfer: {{from: {stage.name}}}`", "or tap it"),
    )


RULE = Rule(
    severity="warning",
    why=(
        "FishNet is built so that the gradient of the loss reaches the layers of every stage "
        "directly: through sums, concatenations, pooling and interpolation, but no weights "
        "(Sun et al. 2018, as the article 'Understanding FishNet', sections 0.2 and 3.2, tells "
        "it). A path ends at the input of the classifier, whose score convolution all "
        "share, or at a tap. Convolutions that FC501, FC502 and FC504 report are not counted "
        "against a stage a second time."
    ),
    bad="""\
fishspec: 2
name: narrow
tail:
  tail1: {out: 64, blocks: 1}  # expect: FC506 @ 3-8 "path from tail1 to the output"
  tail2: {out: 128, blocks: 1}
classifier: {classes: 10}
taps: {c2: tail2}
""",
    good="""\
fishspec: 2
name: narrow
tail:
  tail1: {out: 64, blocks: 1}
  tail2: {out: 128, blocks: 1}
body:
  body1: {blocks: 1, transfer: {from: tail1}}
classifier: {classes: 10}
taps: {c2: body1}
""",
    check=_check,
    whole=True,
)
