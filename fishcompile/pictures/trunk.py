"""The trunk of a network: the longest way through it. Its marks stand on the axis of the picture.

What is not on it stands on an arc that leaves the trunk, and comes back to it or does not.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

import networkx as nx

from fishcompile.pictures.scene import Link, Scene
from fishcompile.record import record

LEAST = 0.5  # of the marks that are to be on the trunk, where there is one
_CHAIN = 4  # marks of a branch beside the trunk


@record
class Branch:
    """What leaves the trunk and comes back (or not): its marks, the links to, from and in it.

    Both ends are positions of marks; the left one is on the trunk. A link from one mark of the
    trunk to another that is no neighbour is a branch without marks.
    """

    marks: tuple[int, ...]
    links: tuple[Link, ...]
    left: int
    right: int
    returns: bool


def trunk_of(scene: Scene) -> tuple[int, ...]:
    """The positions of the marks on the longest way, in order; the first operand's where equal."""
    reads: dict[int, list[int]] = defaultdict(list)
    for link in scene.links:
        reads[link.target].append(link.source)
    length, before = [0] * len(scene.marks), [-1] * len(scene.marks)
    for at in range(len(scene.marks)):
        for source in reads[at]:
            if length[source] + 1 > length[at]:
                length[at], before[at] = length[source] + 1, source
    at = max(range(len(length)), key=lambda at: (length[at], -at), default=-1)
    way = []
    while at >= 0:
        way.append(at)
        at = before[at]
    return tuple(reversed(way))


def branches_of(scene: Scene, trunk: tuple[int, ...]) -> tuple[Branch, ...]:
    """The branches, in the order in which they leave the trunk."""
    on = set(trunk)
    neighbours = set(pairwise(trunk))
    beside: nx.Graph[int] = nx.Graph()
    beside.add_nodes_from(at for at in range(len(scene.marks)) if at not in on)
    rest = [link for link in scene.links if (link.source, link.target) not in neighbours]
    beside.add_edges_from(
        (link.source, link.target) for link in rest if not on & {link.source, link.target}
    )
    found = [_branch((), [link], on) for link in rest if on >= {link.source, link.target}]
    for part in nx.connected_components(beside):
        links = [link for link in rest if part & {link.source, link.target}]
        found.append(_branch(tuple(sorted(part)), links, on))
    return tuple(sorted(found, key=lambda b: (b.left, b.right)))


def has_trunk(scene: Scene, trunk: tuple[int, ...], branches: tuple[Branch, ...]) -> bool:
    """Whether the picture of a trunk and its branches says what the network is."""
    short = all(len(branch.marks) <= _CHAIN for branch in branches)
    return short and len(trunk) >= LEAST * len(scene.marks)


def _branch(marks: tuple[int, ...], links: list[Link], on: set[int]) -> Branch:
    ends = [*marks, *(at for link in links for at in (link.source, link.target))]
    returns = any(link.target in on for link in links)
    return Branch(marks, tuple(links), min(ends), max(ends), returns)
