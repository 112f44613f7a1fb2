"""What the design rules (FC5xx) share: one warning for each place in the text.

However many stages take a word from `defaults`, it is one place and one decision.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fishcompile.diagnostics.finding import Diagnostic
from fishcompile.diagnostics.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fishcompile.language.graph_spec import StageNode
    from fishcompile.reader.tree import Path, Tree

_NAMED = 5


def written(tree: Tree, stage: StageNode, *keys: Path) -> Span:
    """The value of the first of `keys` that the stage (or its defaults) has, or its name."""
    for key in keys:
        path = (*stage.path, *key)
        if path in tree.places:
            return tree.value_span(path)
    return tree.key_span(stage.path)


def warnings(found: Iterable[tuple[StageNode, Diagnostic]]) -> Iterator[Diagnostic]:
    """The findings as warnings, `{}` in each message being the stages that share its place."""
    by_span: dict[Span, list[tuple[StageNode, Diagnostic]]] = {}
    for stage, diagnostic in found:
        by_span.setdefault(diagnostic.span, []).append((stage, diagnostic))
    for group in by_span.values():
        first = group[0][1]
        names = listed(dict.fromkeys(stage.name for stage, _ in group))
        yield replace(first, message=first.message.format(names), severity="warning")


def listed(names: Iterable[str]) -> str:
    """A few names as one says them: "a, b and c", "a, b, c, d, e and 7 more"."""
    all_ = list(names)
    if len(all_) > _NAMED + 1:
        all_ = [*all_[:_NAMED], f"{len(all_) - _NAMED} more"]
    return " and ".join([", ".join(all_[:-1]), all_[-1]] if len(all_) > 1 else all_)
