"""Runs: whose channels those of a map are, in order, as neighbours with the same makers.

A run is the makers of its channels and how many they are. Channels have several makers where maps
were added up. Read by the ops that move channels about, each of which says how.
"""

from __future__ import annotations

from collections.abc import Iterable

Run = tuple[tuple[str, ...], int]
Runs = tuple[Run, ...]


def joined(runs: Iterable[Run]) -> Runs:
    """The runs with neighbours of the same makers as one, and none of no channels."""
    found: list[Run] = []
    for makers, channels in runs:
        if found and found[-1][0] == makers:
            found[-1] = (makers, found[-1][1] + channels)
        elif channels:
            found.append((makers, channels))
    return tuple(found)


def summed(*maps: Runs) -> Runs:
    """Those of a sum of maps with as many channels: at each channel the makers of all of them."""
    ends = sorted({end for runs in maps for end, _ in _ends(runs)})
    rest = [list(_ends(runs)) for runs in maps]
    found, start = [], 0
    for end in ends:
        for each in rest:
            while len(each) > 1 and each[0][0] < end:
                each.pop(0)
        makers = dict.fromkeys(maker for each in rest if each for maker in each[0][1])
        found.append((tuple(makers), end - start))
        start = end
    return joined(found)


def thinned(runs: Runs, k: int) -> Runs:
    """Those of the sums of each k adjacent channels; where k does not divide a run, rounded."""
    found, before = [], 0
    for end, makers in _ends(runs):
        found.append((makers, end // k - before))
        before = end // k
    return joined(found)


def _ends(runs: Runs) -> Iterable[tuple[int, tuple[str, ...]]]:
    """Where each run ends, in channels from the first, with its makers."""
    end = 0
    for makers, channels in runs:
        end += channels
        yield end, makers
