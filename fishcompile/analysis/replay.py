"""Replay: what is kept, and computed again, where parts of a network are recomputed in training.

As `torch.utils.checkpoint` does it: of a region its inputs stay, and a copy of its buffers; when
the backward first needs what an op in it had saved, the region runs again, up to the last of these.
"""

from __future__ import annotations

from dataclasses import replace

from fishcompile.analysis.recompute import regions
from fishcompile.analysis.schedule import Schedule
from fishcompile.analysis.storages import Again, Kept, OpMemory, Recomputed, Storages, live_bytes
from fishcompile.ir.graph import Graph, Node

_COUNTER = 8  # bytes of a count of batches


def recomputed(
    graph: Graph, plan: Schedule, ops: dict[str, OpMemory], found: Storages, width: int
) -> Recomputed:
    """The storages of training as `found`, without what is recomputed; and what that takes."""
    forward = replace(found, kept=dict(found.kept))
    backward = replace(found, kept=dict(found.kept), sizes=dict(found.sizes))
    again: dict[str, Again] = {}
    step = {node.name: at for at, node in enumerate(plan.nodes)}
    for region in regions(graph):
        nodes = [plan.nodes[at] for at in sorted(step[name] for name in region)]
        keep = [node for node in nodes if _keeps(found.kept[node.name])]
        if not keep:
            continue
        inside = {node.name for node in nodes}
        entering = {found.of[v]: None for node in nodes for v in node.inputs if v not in inside}
        buffers = sum(ops[name].buffers * width + ops[name].counters * _COUNTER for name in inside)
        for node in nodes:
            kept = found.kept[node.name]
            forward.kept[node.name] = Kept((), 0, kept.passing + kept.own)
            own = [_again(name) for name in kept.storages if name not in entering]
            backward.kept[node.name] = Kept(tuple(own), kept.own)
            backward.sizes.update((_again(n), found.sizes[n]) for n in kept.storages)
        last, first = forward.kept[nodes[-1].name], backward.kept[keep[0].name]
        forward.kept[nodes[-1].name] = Kept(tuple(entering), buffers, last.passing)
        held = (*first.storages, *entering)
        backward.kept[keep[0].name] = Kept(held, first.own + buffers)
        again[keep[-1].name] = _run(nodes, keep[-1], entering, step, plan, found)
    return Recomputed(forward, backward, again)


def _keeps(kept: Kept) -> bool:
    return bool(kept.storages or kept.own)


def _again(storage: str) -> str:
    """What a storage is called that holds the same for the second time."""
    return f"{storage}'"


def _run(
    nodes: list[Node],
    end: Node,
    entering: dict[str, None],
    step: dict[str, int],
    plan: Schedule,
    found: Storages,
) -> Again:
    """Running `nodes` until all is there that is kept up to `end`; what enters is there anyway."""
    offset = step[nodes[0].name]
    run = nodes[: nodes.index(end) + 1]
    kept = found.kept[end.name]
    if not kept.own and found.of[end.name] not in kept.storages:
        run = run[:-1]  # torch stops before an op that keeps nothing of its own
    names = [node.name for node in nodes]
    sizes = {found.of[name]: found.sizes[found.of[name]] for name in names}
    sizes.update(dict.fromkeys(entering, 0))
    lives = {n.name: min(plan.last[n.name] - offset, len(run) - 1) for n in run}
    storages = Storages(found.of, sizes, {name: found.kept[name] for name in names}, found.needs)
    steps, left = live_bytes(Schedule(tuple(run), lives), storages)
    return Again(max(steps, default=0), left)
