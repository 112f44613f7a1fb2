"""Comparison: what is different between two networks, stage by stage and as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from fishcompile.analysis.features import features
from fishcompile.analysis.figures import Figures
from fishcompile.analysis.free_paths import gradient_paths
from fishcompile.analysis.size_words import pattern
from fishcompile.analysis.sizes import sizes
from fishcompile.ir.graph import Graph
from fishcompile.record import record


@record
class Stage:
    """What is compared of a stage: its ops in order, what it gives, and what it costs."""

    ops: tuple[tuple[str, str], ...]
    output: str
    parameters: int
    macs: int


@record
class Weights:
    """What becomes of a checkpoint of the first in the second, by the keys of the state dict."""

    kept: tuple[str, ...]
    new: tuple[str, ...]
    dropped: tuple[str, ...]
    reshaped: tuple[str, ...]


@record
class Comparison:
    """Two networks; each figure is a pair, None for a side that lacks it."""

    before: Figures
    after: Figures

    @cached_property
    def figures(self) -> dict[str, tuple[int, int]]:
        """What is counted of both, by name."""
        a, b = (_figures(each) for each in (self.before, self.after))
        return {name: (a[name], b[name]) for name in a}

    @cached_property
    def stages(self) -> dict[str, tuple[Stage | None, Stage | None]]:
        """The stages that are not the same in both, in the order of the second, then the first."""
        a, b = (_stages(each) for each in (self.before, self.after))
        names = dict.fromkeys([*b, *a])
        return {n: (a.get(n), b.get(n)) for n in names if a.get(n) != b.get(n)}

    @cached_property
    def sizes(self) -> tuple[str, str]:
        """Which heights and widths they take."""
        a, b = (_sizes(each.graph) for each in (self.before, self.after))
        return a, b

    @cached_property
    def gradients(self) -> dict[str, tuple[str | None, str | None]]:
        """Stages whose gradient's best way is another, with what is in it: empty for a free way."""
        a, b = (_ways(each.graph) for each in (self.before, self.after))
        return _different(a, b)

    @cached_property
    def taps(self) -> dict[str, tuple[str | None, str | None]]:
        """Features that are not the same in both, as channels at a stride."""
        a, b = (_taps(each) for each in (self.before, self.after))
        return _different(a, b)

    @cached_property
    def weights(self) -> Weights:
        """The keys that both have with one shape, those of one alone, and those of two shapes."""
        a, b = self.before.graph.state(), self.after.graph.state()
        shared = [key for key in b if key in a]
        same = tuple(key for key in shared if a[key][0] == b[key][0])
        return Weights(
            same,
            tuple(key for key in b if key not in a),
            tuple(key for key in a if key not in b),
            tuple(key for key in shared if a[key][0] != b[key][0]),
        )


def _different(
    a: Mapping[str, str], b: Mapping[str, str]
) -> dict[str, tuple[str | None, str | None]]:
    return {n: (a.get(n), b.get(n)) for n in dict.fromkeys([*b, *a]) if a.get(n) != b.get(n)}


def _figures(found: Figures) -> dict[str, int]:
    memory = found.memory
    return {
        "parameters": found.cost.parameters,
        "MACs": found.cost.macs,
        "convolutions": found.cost.convolutions,
        "I-convs": found.cost.isolated,
        "activations": sum(found.activations.values()),
        "bytes in inference": memory.inference_peak(),
        "bytes in training (AdamW)": memory.training_peak("adamw"),
    }


def _stages(found: Figures) -> dict[str, Stage]:
    inside: dict[str, list[tuple[str, str]]] = {}
    for node in found.graph.nodes:
        name, _, rest = node.name.partition(".")
        inside.setdefault(name, []).append((rest, repr(node.op)))
    types = found.graph.types
    return {
        row.name: Stage(
            tuple(inside[row.name]), str(types[row.value]), row.cost.parameters, row.cost.macs
        )
        for row in found.rows("stage")
    }


def _sizes(graph: Graph) -> str:
    found = sizes(graph)
    return str(pattern(found)) if found else "none"


def _ways(graph: Graph) -> dict[str, str]:
    return {
        path.stage: ", ".join(path.convolutions + path.gates) if path.reached else "no way"
        for path in gradient_paths(graph)
    }


def _taps(found: Figures) -> dict[str, str]:
    types, stride = found.graph.types, found.strides
    return {
        name: f"{types[value].channels} at stride {stride[value]}"
        for name, value in features(found.graph)
    }
