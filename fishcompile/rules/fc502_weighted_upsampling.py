"""FC502: Maps are up-sampled by interpolation, not by a transposed convolution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fishcompile.diagnostics.finding import Diagnostic
from fishcompile.ops.deconv import ConvTranspose
from fishcompile.rules.base import Rule
from fishcompile.rules.design import warnings, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fishcompile.analysis.facts import Facts
    from fishcompile.language.graph_spec import StageNode


def _check(facts: Facts) -> Iterator[Diagnostic]:
    stages = [facts.stage(node) for node in facts.inside(ConvTranspose)]
    return warnings((stage, _finding(facts, stage)) for stage in stages)


def _finding(facts: Facts, stage: StageNode) -> Diagnostic:
    return Diagnostic(
        "FC502",
        "weighted up-sampling in {}",
        written(facts.tree, stage, ("up", "kind"), ("up",)),
        "a transposed convolution",
        help=("`up: nearest`, or `bilinear`, has no weights",),
    )


RULE = Rule(
    severity="warning",
    why=(
        "Interpolation passes the gradient on as it is; the weights of a deconvolution stand in "
        "its way like an isolated convolution. The released FishNet up-samples by nearest "
        "neighbours, and for that reason: so the paper (Sun et al. 2018), as the article "
        "'Understanding FishNet', section 3.3, tells it."
    ),
    bad="""\
fishspec: 2
name: weighted
tail:
  tail1: {out: 64, blocks: 1}
  tail2: {out: 128, blocks: 1}
body:
  body1:
    blocks: 1
    up: deconv  # expect: FC502 @ 9-15 "weighted up-sampling in body1"
    transfer: {from: tail1}
""",
    good="""\
fishspec: 2
name: weighted
tail:
  tail1: {out: 64, blocks: 1}
  tail2: {out: 128, blocks: 1}
body:
  body1:
    blocks: 1
    up: nearest
    transfer: {from: tail1}
""",
    check=_check,
)
