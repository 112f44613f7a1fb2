"""Renaming the tensors of a checkpoint from one layout of keys to another, checked by a spec."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from fishcompile.analysis.key_layouts import named
from fishcompile.diagnostics.errors import FindingError, UsageError
from fishcompile.diagnostics.names import shown
from fishcompile.ir.graph import Graph
from fishcompile.language.key_layouts import AUTHORS, FISHCOMPILE
from fishcompile.language.stage_graph import StageGraph
from fishcompile.record import record
from fishcompile.weights.authors import authors_keys
from fishcompile.weights.checkpoint import Checkpoint
from fishcompile.weights.fit import SHOWN, require_fit

if TYPE_CHECKING:
    from torch import Tensor


@record
class Conversion:
    """The tensors under the target's keys and in its order; `filled`: the keys set to 0."""

    tensors: Mapping[str, Tensor]
    filled: tuple[str, ...]


def layouts_of(graph: Graph, stages: StageGraph) -> tuple[str, ...]:
    """The names of the layouts that a spec's weights may have."""
    own = tuple(layout.name for layout in stages.layouts)
    try:
        authors_keys(graph, stages)
    except UsageError:
        return (FISHCOMPILE, *own)
    return (FISHCOMPILE, AUTHORS, *own)


def recognise(keys: Iterable[str], graph: Graph, stages: StageGraph) -> str:
    """The layout that `keys` are of, that with the most of them.

    Raises FindingError where they are of none.
    """
    keys = tuple(keys)
    # no key of ours begins so: a stage's parts are `refine`, `transfer` and the like
    if any(key.startswith("fish.fish.") for key in keys):
        return AUTHORS
    state = graph.state()
    theirs = {layout.name: named(layout, state).theirs.values() for layout in stages.layouts}
    known = {FISHCOMPILE: state.keys(), **{name: set(found) for name, found in theirs.items()}}
    counts = {name: sum(key in found for key in keys) for name, found in known.items()}
    best = max(counts, key=counts.__getitem__)  # the first of those with as many
    if counts[best]:
        return best
    begins = {node.name.partition(".")[0] for node in graph.nodes}
    if any(key.partition(".")[0] in begins for key in keys):
        return FISHCOMPILE
    some = ", ".join(shown(key) for key in keys[:5])
    raise FindingError(
        f"the checkpoint's keys are of no layout that is known: {some}, ...",
        f"the layouts of {graph.name} are {', '.join(layouts_of(graph, stages))}; its own keys "
        f"begin with {', '.join(sorted(begins))}; other names go into `layouts` of the spec",
    )


def known_keys(graph: Graph, stages: StageGraph) -> frozenset[str]:
    """The keys of all layouts that a spec's weights may have."""
    state = graph.state()
    found = {*state}
    for layout in stages.layouts:
        found.update(named(layout, state)[0].values())
    with suppress(UsageError):
        found.update(authors_keys(graph, stages).values())
    return frozenset(found)


def convert(
    checkpoint: Checkpoint,
    graph: Graph,
    stages: StageGraph,
    source_layout: str,
    target_layout: str,
) -> Conversion:
    """The checkpoint's tensors renamed, bit for bit as they are.

    Counters of batches that the checkpoint lacks are filled with 0. Raises FindingError where keys
    or shapes are not those of the graph or a layout does not fit it, UsageError where a layout is
    unknown or the authors' cannot hold them.
    """
    import torch  # only here: who asks for names alone does without

    source = keys_of(source_layout, graph, stages)
    target = keys_of(target_layout, graph, stages)
    state = graph.state()
    require_fit(
        {key: tuple(tensor.shape) for key, tensor in checkpoint.tensors.items()},
        {key: state[ours][0] for ours, key in source.items()},
        graph,
        stages,
        source_layout,
    )
    tensors = {
        key: checkpoint.tensors.get(source[ours], torch.zeros((), dtype=torch.int64))
        for ours, key in target.items()
    }
    filled = tuple(k for ours, k in target.items() if source[ours] not in checkpoint.tensors)
    return Conversion(tensors, filled)


def keys_of(layout: str, graph: Graph, stages: StageGraph) -> dict[str, str]:
    """Our key to the layout's, in the layout's order; of a layout of the spec, that is ours.

    Raises FindingError where the layout does not fit the graph, UsageError where there is none of
    that name or the authors' has no place for the weights.
    """
    if layout == FISHCOMPILE:
        return {key: key for key in graph.state()}
    if layout == AUTHORS:
        return authors_keys(graph, stages)
    found = {own.name: own for own in stages.layouts}
    if layout not in found:
        raise UsageError(
            f"{graph.name} has no layout {shown(layout)}",
            f"its layouts are {', '.join(layouts_of(graph, stages))}",
        )
    theirs, problems = named(found[layout], graph.state())
    if problems:
        wrong = [f"    {text}" for _, text in problems]
        rest = [f"    and {len(wrong) - SHOWN} more"] if len(wrong) > SHOWN else []
        raise FindingError(
            "\n".join([f"the layout {layout} does not fit {graph.name}", *wrong[:SHOWN], *rest]),
            "`fishcompile check` shows where it is written",
        )
    return theirs
