"""Sizes: the heights and widths that a network takes, all of them, read off its graph.

An op moves a side by a floor formula. Composed, such formulas repeat with the product of the
strides once every window fits, so that one period decides what holds of all larger sides. See
docs/sizes.md.
"""

from __future__ import annotations

from dataclasses import field
from math import lcm, prod

from fishcompile.analysis.sides import Flow, Merge, flow
from fishcompile.ir.graph import Graph, Node
from fishcompile.ops.base import ShapeError
from fishcompile.ops.batch_norm import BatchNorm
from fishcompile.ops.flatten import Flatten
from fishcompile.ops.group_norm import GroupNorm
from fishcompile.ops.linear import Linear
from fishcompile.record import record

_LARGEST = 1 << 16  # a least side that is looked for
_MOST = 1 << 14  # sides that are looked at one by one
_WORK = 1 << 18  # steps that they take together


@record
class Sizes:
    """The sides that hold: of those below `until` the `holding`, beyond it as the period says.

    `least` is the smallest at which every window fits, and `until` whole periods above it. Where
    not `proven`, nothing is said of what lies beyond. `fixed` are maps and the pixels that a vector
    needs of them, `pixels` those that may not be one pixel, and `norms` what batch norms read.
    """

    flow: Flow = field(repr=False)
    least: int
    until: int
    period: int
    holding: frozenset[int] = field(repr=False)
    proven: bool
    fixed: tuple[tuple[str, int], ...]
    pixels: tuple[str, ...]
    norms: tuple[str, ...]

    def holds(self, side: int) -> bool:
        """Whether an image of this height or width passes, whatever the other is."""
        if side < self.until:
            return side in self.holding
        start = self.until - self.period
        return self.proven and start + (side - start) % self.period in self.holding

    def contains(self, height: int, width: int) -> bool:
        """Whether an image of this size passes."""
        return self.holds(height) and self.holds(width) and not self.unfit(height, width)

    def unfit(self, height: int, width: int) -> str | None:
        """The map that has too few or too many pixels for what reads it, if there is one.

        Of an image whose height and width hold.
        """
        if not self.fixed and not self.pixels:
            return None
        of, down, across = self.flow.of, self.flow.at(height), self.flow.at(width)
        for name, count in self.fixed:
            if down[of[name]] * across[of[name]] != count:
                return name
        return next((n for n in self.pixels if down[of[n]] * across[of[n]] == 1), None)

    def trains_from(self) -> tuple[int | None, str]:
        """The least side from which one image trains, and the batch norm that needs it to be so.

        A batch norm has to have more than one pixel: behind a global average it never has, whatever
        the side, which is None.
        """
        first = self._alone(self.least)
        if first and not self.flow.rate(self.flow.of[first]):
            return None, first
        side = self.least
        if first:
            # maps grow with the image, so the last side at which one is a pixel is bisected for
            low, high = side, 2 * side
            while self._alone(high):
                low, high = high, 2 * high
                if high > _LARGEST:
                    return None, first
            while low + 1 < high:
                middle = (low + high) // 2
                low, high = (middle, high) if self._alone(middle) else (low, middle)
            first, side = self._alone(low), high
        return next((s for s in range(side, side + self.period) if self.holds(s)), None), first

    def _alone(self, side: int) -> str:
        """A map of one pixel that a batch norm reads, of those always so first; or nothing."""
        at, of = self.flow.at(side), self.flow.of
        steps = {of[name]: name for name in reversed(self.norms) if at[of[name]] == 1}
        return min(steps.items(), key=lambda pair: self.flow.rate(pair[0]), default=(0, ""))[1]


def sizes(graph: Graph) -> Sizes | None:
    """The sizes that a network takes, whose graph is whole; None where no image is large enough."""
    steps = flow(graph)
    least = _least(steps)
    if least is None:
        return None
    found = {steps.period(step) for step in range(len(steps.steps) + 1)}
    most = min(_MOST, max(256, _WORK // (len(steps.steps) + len(steps.merges) + 1)))
    period = min(lcm(*found), most) or most
    proven = 0 not in found and period < most
    rounds = _rounds(steps, period, least) if proven else 0
    until = least + min(period * (rounds + 1), most)
    holding = frozenset(side for side in range(least, until) if not steps.refusal(side))
    maps = [node for node in graph.nodes if node.inputs and node.inputs[0] in steps.of]
    return Sizes(
        steps,
        least,
        until,
        period,
        holding,
        proven and until == least + period * (rounds + 1),
        _fixed(graph, maps, steps),
        tuple(n.inputs[0] for n in maps if isinstance(n.op, GroupNorm) and _alone(n.op)),
        tuple(n.inputs[0] for n in maps if isinstance(n.op, BatchNorm)),
    )


def _least(steps: Flow) -> int | None:
    """The smallest side at which every window fits; at any larger one they do as well."""
    high = 1
    while not _fits(steps, high):
        high *= 2
        if high > _LARGEST:
            return None
    low = high // 2
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _fits(steps, middle) else (middle, high)
    return high


def _fits(steps: Flow, side: int) -> bool:
    try:
        steps.at(side)
    except ShapeError:
        return False
    return True


def _rounds(steps: Flow, period: int, least: int) -> int:
    """Periods after which no merge's maps meet or part any more, where they grow unlike."""
    rates = {read: steps.rate(read) * period for m in steps.merges for read in m.reads}
    uneven = [m for m in steps.merges if len({rates[read] for read in m.reads}) > 1]
    most = 0
    for side in range(least, least + period) if uneven else ():
        at = steps.at(side)
        for merge in uneven:
            most = max(most, _meeting(merge, at, {r: int(rates[r]) for r in merge.reads}))
    return most


def _meeting(merge: Merge, at: list[int], rates: dict[int, int]) -> int:
    """Periods until the maps of a merge have passed each other; 0 where they part from here on."""
    lead = max(merge.reads, key=lambda read: rates[read])
    stride = int(getattr(merge.node.op, "stride", 1)) if merge.node.op.reads is not None else 1
    ahead = 0
    for read in merge.reads:
        rate = abs(rates[lead] - rates[read] * stride)
        behind = at[read] * stride + stride - at[lead]
        if rate and behind > 0:
            ahead = max(ahead, behind // rate + 1)
    return ahead


def _fixed(graph: Graph, maps: list[Node], steps: Flow) -> tuple[tuple[str, int], ...]:
    """The maps that are flattened for a linear layer, which reads what the spec's size makes."""
    numbers = {n.name: n.inputs[0] for n in maps if isinstance(n.op, Flatten)}
    fixed: dict[str, int] = {}
    for node in graph.nodes:
        source = next((numbers[name] for name in node.inputs if name in numbers), "")
        if not source:
            continue
        if isinstance(node.op, Linear) and steps.rate(steps.of[source]):
            fixed[source] = prod(graph.types[source].sides)
        if not isinstance(node.op, Linear):
            numbers[node.name] = source  # an activation and the like, of as many numbers
    return tuple(fixed.items())


def _alone(op: GroupNorm) -> bool:
    return int(op.groups) == int(op.channels)
