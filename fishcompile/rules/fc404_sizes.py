"""FC404: The network takes every size that `input.sizes` promises."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fishcompile.diagnostics.finding import Diagnostic, Related
from fishcompile.rules.base import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fishcompile.analysis.facts import Facts

_PROMISE = ("input", "sizes")


def _check(facts: Facts) -> Iterator[Diagnostic]:
    promise = facts.stages.input.sizes
    if promise is None:
        return
    from fishcompile.analysis.size_words import kept_by, smallest_unkept
    from fishcompile.analysis.sizes import sizes

    found = sizes(facts.inference.graph)
    side = smallest_unkept(found, promise.first, promise.multiple)
    if side is None:
        return
    span = facts.tree.key_span(_PROMISE)
    ways = (f"promise what holds: {kept_by(found, promise.multiple)}",)
    failed = _failure(facts, side)
    if failed is None:
        assert found is not None
        few = found.unfit(side, side)
        why = f"{few} has too few or too many pixels there" if few else "a merge would broadcast"
        message = f"at {side}x{side}, which `sizes` promises, {why}"
        yield Diagnostic("FC404", message, span, help=ways)
        return
    yield replace(
        failed,
        rule="FC404",
        message=f"at {side}x{side}, which `input.sizes` promises, {failed.message}",
        severity="error",
        related=(Related(span, "the promise"), *failed.related),
        help=(*failed.help, *ways),
        fixes=(),
    )


def _failure(facts: Facts, side: int) -> Diagnostic | None:
    """What is found in the spec with images of that side."""
    from fishcompile.analysis.shapes import infer
    from fishcompile.blame.stages import explain

    image = replace(facts.stages.input, size=(side, side))
    inference = infer(replace(facts.stages, input=image))
    for failure in inference.failures[:1]:
        return explain(failure, inference.stages, facts.tree)
    return None


RULE = Rule(
    why=(
        "Shapes are checked at one `input.size`, and images come in others. An up-sampling by a "
        "factor meets its skip only where every halving before it was exact: 720 rows have 45 at "
        "a stride of 16 and 23 at 32, and 46 do not go with 45. `sizes` says which heights and "
        "widths are to hold, and all of them are proven: what happens beyond the largest window "
        "repeats with the product of the strides."
    ),
    bad="""\
fishspec: 2
name: pyramid
input: {size: 64, sizes: {from: 32, multiple: 16}}
graph:
  c1: {kind: conv, from: input, out: 16, stride: 4, kernel: 5}
  c2: {kind: conv, out: 16, stride: 2}
  c3: {kind: conv, out: 16, stride: 4, kernel: 5}
  up2: {kind: upsample, factor: 4}  # expect: FC404 @ 3-6 "at 48x48, which `input.sizes` promises"
  p2: {kind: add, from: [c2, up2]}
outputs: {map: p2}
""",
    good="""\
fishspec: 2
name: pyramid
input: {size: 64, sizes: {from: 32, multiple: 16}}
graph:
  c1: {kind: conv, from: input, out: 16, stride: 4, kernel: 5}
  c2: {kind: conv, out: 16, stride: 2}
  c3: {kind: conv, out: 16, stride: 4, kernel: 5}
  up2: {kind: upsample, to: c2}
  p2: {kind: add, from: [c2, up2]}
outputs: {map: p2}
""",
    check=_check,
    whole=True,
)
