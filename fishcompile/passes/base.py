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


# how a state dict of the graph before a pass becomes one of the graph after it
Rewrite = Fold


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
