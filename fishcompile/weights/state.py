"""A network with its weights, from a checkpoint or first values, rewritten along with passes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from fishcompile.passes import optimised
from fishcompile.weights.rewrite import rewritten

if TYPE_CHECKING:
    from fishcompile.pipeline import Analysis
    from fishcompile.targets.engine import Engine
    from fishcompile.targets.network import Network


def network_of(analysis: Analysis, weights: Path | None, optimize: str | None) -> Network:
    """A network of torch: with first values as torch draws them, or those of a checkpoint.

    Optimised it is in evaluation and computes what the plain one does, seeds included. Raises
    UsageError for what `optimize` does not name or a file that cannot be read, FindingError where
    its weights do not fit.
    """
    import torch

    from fishcompile.targets.module import network

    after = _after(analysis, optimize)
    if weights is not None:
        arrays = _read(weights, analysis, after)
        model = network(after)
        torch_state = {key: torch.tensor(array) for key, array in arrays.items()}
    elif after is analysis:
        return network(analysis)
    else:
        torch_state = rewritten(network(analysis).state_dict(), after.rewrites)
        model = network(after)
    # counters of batches may be missing in a checkpoint; all else was compared with the spec
    model.load_state_dict(torch_state, strict=False)
    return model if after is analysis else model.eval()


def engine_of(
    analysis: Analysis,
    weights: Path | None,
    optimize: str | None,
    name: str,
    device: str,
    dtype: str,
) -> Engine:
    """The network on an engine, without torch where the engine needs none.

    First values are those of `targets.first_values`. Raises as `network_of`, and UsageError for an
    engine that is not installed or does not do what is asked.
    """
    from fishcompile.targets.engine import Plan, engine
    from fishcompile.targets.first_values import first_value

    after = _after(analysis, optimize)
    if weights is not None:
        state = _read(weights, analysis, after)
    else:
        nodes = analysis.inference.graph.nodes
        drawn = {f"{n.name}.{e.name}": first_value(n, e) for n in nodes for e in n.op.state()}
        state = rewritten(drawn, after.rewrites)
    return engine(name, Plan(after, state, device, dtype))


def _after(analysis: Analysis, optimize: str | None) -> Analysis:
    from fishcompile.pipeline import after_passes

    return analysis if optimize is None else after_passes(analysis, optimised(optimize))


def _read(path: Path, plain: Analysis, after: Analysis) -> dict[str, Any]:
    from fishcompile.weights.arrays import arrays_of

    return arrays_of(path, plain.inference.graph, plain.stages, after.rewrites)
