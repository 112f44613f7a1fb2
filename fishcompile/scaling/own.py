"""Widths through stages whose blocks are of the spec's own, or of a plug-in."""

from __future__ import annotations

from fishcompile.language.spec import BlockSpec
from fishcompile.reader.tree import Path
from fishcompile.scaling.composites import given, through
from fishcompile.scaling.network import Tie
from fishcompile.scaling.residual import grouped_norm
from fishcompile.scaling.scope import Scope
from fishcompile.scaling.width import Width, constant


def ask_own(
    stage: str,
    path: Path,
    block: BlockSpec,
    x: Width,
    width: Width,
    blocks: int,
    steps: dict[str, int],
    scope: Scope,
) -> None:
    """Adds what the residual blocks of a stage demand, the first of which takes `x` to `width`.

    What a plug-in demands is not known: the check of the scaled network finds it.
    """
    at = (*path, "block")
    normed = [*grouped_norm(stage, at, block.norm, x, 1)]
    # only a projection norms, and whether there is one does not matter to a base that holds
    scope.found.demands += [one for one in normed if one.holds(one.width.base)]
    definition = scope.network.definitions.get(block.kind)
    if definition is None or len(definition.inputs) != 1:
        return
    for number, entering in enumerate((x, width)[:blocks]):
        stage_gives = {"out": width, **{key: constant(n) for key, n in steps.items()}}
        names = {name for name, _ in definition.parameters}
        own = given(block.kind, at, dict(block.own), scope)
        said = {key: value for key, value in stage_gives.items() if key in names} | own
        left = through(block.kind, f"{stage}.{number}", [entering], said, scope)
        if left != width:
            why = f"{stage} adds what `{block.kind}` gives"
            scope.found.ties.append(Tie(left, width, (*at, "kind"), why))
        steps = {**steps, "stride": 1}
