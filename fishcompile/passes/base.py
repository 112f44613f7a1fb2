"""What a pass is, and what it says of the weights that it changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from fishcompile.ir.graph import Graph
from fishcompile.record import record


@dataclass(frozen=True, slots=True)
class Fold:
    """The batch norm at path `norm` now stands in the weights and bias of the layer `into`.

    `axis` is the dimension of that layer's weight that its output channels are.
    """

    norm: str
    into: str
    axis: int


@dataclass(frozen=True, slots=True)
class Split:
    """The layer or norm at path `source` is now several, each with a part of its channels.

    `parts` are their paths with the first channel and the one behind the last; `axis` is the
    dimension of the weight that is cut. What has a bias beside a weight that is cut along another
    dimension than the bias has it in its first part alone, since the parts are summed.
    """

    source: str
    parts: tuple[tuple[str, int, int], ...]
    axis: int


@dataclass(frozen=True, slots=True)
class Renamed:
    """Nodes with other paths: `names` pair each old one with the new."""

    names: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Dropped:
    """The node at `path` is gone, as nothing was made of what it gave."""

    path: str


# how a state dict of the graph before a pass becomes one of the graph after it
Rewrite = Fold | Split | Renamed | Dropped


class Passed(NamedTuple):
    """A graph after a pass or several, and what became of the weights, in order."""

    graph: Graph
    rewrites: tuple[Rewrite, ...] = ()


@record
class Pass:
    """A rewrite of the graph that leaves its outputs and taps as they are.

    `what` says in a line what it does; `run` gives the new graph. A pass is called as its file is.
    """

    what: str
    run: Callable[[Graph], Passed]
