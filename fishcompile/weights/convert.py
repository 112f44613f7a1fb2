"""Renaming the tensors of a checkpoint from one layout of keys to another, checked by a spec."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import torch
from torch import Tensor

from fishcompile.errors import FindingError
from fishcompile.ir.graph import Graph
from fishcompile.language.stage_graph import StageGraph
from fishcompile.names import shown
from fishcompile.weights.authors import authors_keys
from fishcompile.weights.files import Checkpoint
from fishcompile.weights.fit import require_fit


class Layout(StrEnum):
    """How the keys are called: by the compiled model, or by FishNet's authors."""

    FISHCOMPILE = "fishcompile"
    AUTHORS = "authors"


@dataclass(frozen=True)
class Conversion:
    """The tensors under the target's keys and in its order; `filled`: the keys set to 0."""

    tensors: Mapping[str, Tensor]
    filled: tuple[str, ...]


def recognise(keys: Iterable[str], graph: Graph) -> Layout:
    """The layout that `keys` are of. Raises FindingError where they are of neither."""
    keys = tuple(keys)
    # no key of ours begins so: a stage's parts are `refine`, `transfer` and the like
    if any(key.startswith("fish.fish.") for key in keys):
        return Layout.AUTHORS
    stages = {node.name.partition(".")[0] for node in graph.nodes}
    if any(key.partition(".")[0] in stages for key in keys):
        return Layout.FISHCOMPILE
    some = ", ".join(shown(key) for key in keys[:5])
    raise FindingError(
        f"the checkpoint's keys are of no layout that is known: {some}, ...",
        f"keys of a FishNet begin with fish.fish., keys of {graph.name} with the names of its "
        f"stages: {', '.join(sorted(stages))}",
    )


def convert(
    checkpoint: Checkpoint,
    graph: Graph,
    stages: StageGraph,
    source_layout: Layout,
    target_layout: Layout,
) -> Conversion:
    """The checkpoint's tensors renamed, bit for bit as they are.

    Counters of batches that the checkpoint lacks are filled with 0. Raises FindingError where keys
    or shapes are not those of the graph, UsageError where the authors' layout cannot hold them.
    """
    source = _layout(source_layout, graph, stages)
    target = _layout(target_layout, graph, stages)
    state = graph.state()
    require_fit(
        {key: tuple(tensor.shape) for key, tensor in checkpoint.tensors.items()},
        {key: state[ours][0] for ours, key in source.items()},
        graph,
        stages,
        authors=source_layout is Layout.AUTHORS,
    )
    tensors = {
        key: checkpoint.tensors.get(source[ours], torch.zeros((), dtype=torch.int64))
        for ours, key in target.items()
    }
    filled = tuple(k for ours, k in target.items() if source[ours] not in checkpoint.tensors)
    return Conversion(tensors, filled)


def _layout(layout: Layout, graph: Graph, stages: StageGraph) -> dict[str, str]:
    """Our key to the layout's, in the layout's order."""
    if layout is Layout.AUTHORS:
        return authors_keys(graph, stages)
    return {key: key for key in graph.state()}
