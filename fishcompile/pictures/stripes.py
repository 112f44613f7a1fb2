"""Stripes: whose channels those of each stage's output are, followed through every op.

A convolution makes channels of its own. Concatenations, sums and channel reductions hand on those
that they are given, and so does a residual block: of a sum with what came in it keeps the makers of
that, since the rest only refines it.
"""

from __future__ import annotations

from collections.abc import Mapping

from fishcompile.ir.graph import Graph, Node
from fishcompile.ops.runs import Run, Runs, joined

MOST = 48  # runs of one map; those of more are put together by makers

_OWN = ""  # what the stage itself makes, until its output is known


def stripes(graph: Graph, makers: Mapping[str, str]) -> dict[str, Runs]:
    """The runs of every stage's output. `makers` are what each stage is called in them."""
    values: dict[str, Runs] = {}
    for value in graph.inputs:
        values[value.name] = (((value.name,), value.type.channels),)
    last = {item.name if isinstance(item, Node) else item.output for item in graph.children[""]}
    found = {}
    for node in graph.nodes:
        runs = node.op.carried(*(values[name] for name in node.inputs))
        values[node.name] = (((_OWN,), node.type.channels),) if runs is None else _bounded(runs)
        if node.name in last:
            stage = node.name.partition(".")[0]
            runs = joined(_named(run, makers[stage]) for run in values[node.name])
            found[stage] = values[node.name] = runs
    return found


def _named(run: Run, stage: str) -> Run:
    """A run of a stage's output, in which what the stage made is called after it."""
    makers, channels = run
    earlier = tuple(maker for maker in makers if maker != _OWN)
    return earlier or (stage,), channels


def _bounded(runs: Runs) -> Runs:
    if len(runs) <= MOST:
        return runs
    channels: dict[tuple[str, ...], int] = {}
    for makers, count in runs:
        channels[makers] = channels.get(makers, 0) + count
    return tuple(channels.items())[:MOST]
