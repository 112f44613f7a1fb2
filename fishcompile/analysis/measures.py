"""Measures: figures of a whole network by name, each counted when asked; for sweeps."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from fishcompile.analysis.costs import Cost
from fishcompile.analysis.figures import figures
from fishcompile.analysis.free_paths import GradientPath, gradient_paths
from fishcompile.analysis.size_words import pattern
from fishcompile.analysis.sizes import Sizes, sizes
from fishcompile.ir.graph import Graph


class Network:
    """A network that is measured, at its own size and one image; `cost` is that of all of it."""

    def __init__(self, graph: Graph, cost: Cost) -> None:
        self.figures = figures(graph)
        self.cost = cost

    @cached_property
    def paths(self) -> tuple[GradientPath, ...]:
        """The gradient's ways back to its stages."""
        return gradient_paths(self.figures.graph)

    @cached_property
    def sizes(self) -> Sizes | None:
        """The sizes that it takes."""
        return sizes(self.figures.graph)

    def measure(self, name: str) -> float:
        """The measure of a name of MEASURES."""
        return MEASURES[name][0](self)


# what each is, and what is said about it
MEASURES: dict[str, tuple[Callable[[Network], float], str]] = {
    "parameters": (lambda n: n.cost.parameters, "parameters"),
    "macs": (lambda n: n.cost.macs, "multiply-accumulates of one image"),
    "activations": (lambda n: sum(n.figures.activations.values()), "numbers that ops write"),
    "inference": (lambda n: n.figures.memory.inference_peak(), "peak bytes of inference"),
    "training": (
        lambda n: n.figures.memory.training_peak("sgd"),
        "peak bytes of a training step with SGD",
    ),
    "saved": (lambda n: sum(n.figures.memory.saved.values()), "bytes kept for the backward"),
    "moved": (lambda n: sum(n.figures.traffic.values()), "bytes moved"),
    "intensity": (lambda n: n.figures.intensity, "FLOPs per byte moved"),
    "convs": (lambda n: n.cost.convolutions, "convolutions"),
    "iconvs": (lambda n: n.cost.isolated, "isolated convolutions"),
    "free": (lambda n: sum(p.free for p in n.paths), "stages with a convolution-free path"),
    "sizes": (
        lambda n: n.sizes is not None and pattern(n.sizes).modulus == 1,
        "1 where it takes every height and width from its least on, else 0",
    ),
    "least": (
        lambda n: float("inf") if n.sizes is None else pattern(n.sizes).start,
        "the least side that it takes",
    ),
}
