"""FC403: A layout of `layouts` names every key of the state dict once, and no two alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fishcompile.diagnostics.finding import Diagnostic
from fishcompile.rules.base import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fishcompile.analysis.facts import Facts


def _check(facts: Facts) -> Iterator[Diagnostic]:
    layouts = facts.stages.layouts
    if not layouts:
        return
    from fishcompile.analysis.key_layouts import named

    keys = tuple(facts.inference.graph.state())
    for layout in layouts:
        for pattern, problem in named(layout, keys).problems:
            path = layout.path if pattern is None else (*layout.path, pattern)
            message = f"the layout `{layout.name}` does not fit the network: {problem}"
            help_ = "mend it, or take it away: in a variant `layouts: {" + layout.name + ": null}`"
            span = facts.tree.key_span(path)
            yield Diagnostic("FC403", message, span, severity="warning", help=(help_,))


RULE = Rule(
    severity="warning",
    why=(
        "`fishcompile weights convert` renames whole checkpoints: a key without a name, or two of "
        "one name, would lose weights, so a layout that does not fit is refused there. A pattern "
        "that names nothing is most often a slip. It is a warning, since a layout never changes "
        "the network, and a variant with other parts inherits the layouts of its base."
    ),
    bad="""\
fishspec: 2
name: renamed
graph:
  conv1: {kind: conv, from: input, out: 16}
  conv2: {kind: conv, out: 16}
outputs: {map: conv2}
layouts:
  short:  # expect: FC403 @ 3-8 "no pattern names `conv2.bn.weight` and 4 more"
    conv*.conv: conv*
    conv1.bn: bn1
  alike:
    conv*.conv: conv*
    conv*.bn: conv*  # expect: FC403 @ 5-13 "are both named `conv1.weight`"
  left:
    conv*: unit*
    conv3: unit3  # expect: FC403 @ 5-10 "the pattern `conv3` names no key"
""",
    good="""\
fishspec: 2
name: renamed
graph:
  conv1: {kind: conv, from: input, out: 16}
  conv2: {kind: conv, out: 16}
outputs: {map: conv2}
layouts:
  other:
    conv*.conv: conv*
    conv*.bn: bn*
""",
    check=_check,
    whole=True,
)
