"""Sides: how an image's side goes through a graph, in as few steps as there are different ones.

Height and width go the same way, apart from each other. Nodes whose sides are always equal, such as
those of a residual block, share a step, and what merges maps goes on with the side of one of them:
a network of a thousand nodes has a dozen steps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import gcd
from typing import Any

from fishcompile.ir.foreign import inferred, is_foreign
from fishcompile.ir.graph import Graph, Node
from fishcompile.ops.base import Op, ShapeError
from fishcompile.ops.tensor import TensorType, feature_map
from fishcompile.record import record

_MOVING = ("kernel_size", "stride", "padding", "dilation", "factor", "size")
_FAR = 10**6  # a side that no window of a network is larger than
_LONGEST = 64  # the longest period of one op that is looked for

Refusal = tuple[Node, ShapeError]


@record
class Step:
    """A way of getting sides of those at the step `reads`; `node` is the first to go it.

    An image larger by `period` has a side larger by `grows` here, once all windows fit; 0 is a
    period that was not found.
    """

    node: Node
    reads: int
    entering: tuple[TensorType, ...]
    period: int
    grows: int

    @property
    def rate(self) -> Fraction:
        """How much of the image's growth arrives here."""
        return Fraction(self.grows, self.period or 1)


@record
class Merge:
    """Steps whose sides have to fit each other, and the first node at which they meet.

    Those of `alike` are not always the same side, and have to be one where no operand is a size.
    """

    node: Node
    reads: tuple[int, ...]
    entering: tuple[TensorType, ...]
    alike: tuple[int, ...]


@record
class Flow:
    """The steps of a graph, behind the image's, and its merges.

    `of` gives the step of each map by name, 0 for the image's.
    """

    steps: tuple[Step, ...]
    merges: tuple[Merge, ...]
    of: dict[str, int]

    def at(self, side: int) -> list[int]:
        """The side at each step of an image of that side. Raises ShapeError where one vanishes."""
        sides = [side]
        for step in self.steps:
            sides.append(moved(step.node.op, step.entering, [sides[step.reads]]))
        return sides

    def refusal(self, side: int) -> Refusal | None:
        """The first node that refuses an image of that side, and why; None where none does."""
        sides = [side]
        for step in self.steps:
            try:
                sides.append(moved(step.node.op, step.entering, [sides[step.reads]]))
            except ShapeError as error:
                return step.node, error
        return next((found for m in self.merges if (found := self.parted(m, sides))), None)

    def parted(self, merge: Merge, sides: Sequence[int]) -> Refusal | None:
        """What a merge has against the sides at the steps."""
        given = [sides[read] for read in merge.reads]
        try:
            moved(merge.node.op, merge.entering, given)
        except ShapeError as error:
            return merge.node, error
        alike = {sides[read] for read in merge.alike}
        if len(alike) > 1:
            # one pixel, that of this image alone, which torch would broadcast
            a, b = (f"{each}x{each}" for each in sorted(alike)[:2])
            return merge.node, ShapeError("FC303", f"{a} and {b} do not meet")
        return None

    def rate(self, step: int) -> Fraction:
        """How much of the image's growth arrives at a step: 0 where sides are always the same."""
        return self.steps[step - 1].rate if step else Fraction(1)

    def period(self, step: int) -> int:
        """The period of a step."""
        return self.steps[step - 1].period if step else 1


def flow(graph: Graph) -> Flow:
    """The steps of a graph whose shapes are known."""
    steps: list[Step] = []
    merges: list[Merge] = []
    found = Flow((), (), {value.name: 0 for value in graph.inputs})
    known: dict[Any, int] = {}
    for node in graph.nodes:
        reads = tuple(found.of[name] for name in node.inputs if name in found.of)
        if not reads or len(node.type.shape) != 3:
            continue  # a vector has no sides
        entering = tuple(graph.types[name] for name in node.inputs)
        key = (_movement(node.op), reads)
        index = known.get(key)
        if index is None and len(reads) > 1:
            index = _leading(node, reads, found.rate)
            if len(set(reads)) > 1:
                sized = node.op.reads is not None
                alike = () if sized else tuple(read for read in reads if found.rate(read))
                merges.append(Merge(node, reads, entering, alike))
        elif index is None:
            index = _single(node, reads[0], entering, steps)
            found = Flow(tuple(steps), (), found.of)
        known[key] = found.of[node.name] = index
    return Flow(tuple(steps), tuple(merges), found.of)


def _single(node: Node, read: int, entering: tuple[TensorType, ...], steps: list[Step]) -> int:
    """The step of a node that reads one map: a new one, or its operand's."""
    if all(_keeps(node.op, entering, side) for side in (1, 2, 3, _FAR)):
        return read
    before, by = (steps[read - 1].period, steps[read - 1].grows) if read else (1, 1)
    every, grows = _period(node.op, entering)
    times = every // gcd(every, by) if by else 1
    after = by * times // every * grows if every else 0
    steps.append(Step(node, read, entering, before * times, after))
    return len(steps)


def _leading(node: Node, reads: Sequence[int], rate: Callable[[int], Fraction]) -> int:
    """The operand that gives a merge its sides: a further one that is a size, or the largest."""
    if node.op.reads is not None:
        return reads[-1]
    return max(reads, key=rate)


def _movement(op: Op) -> Any:
    """What decides how an op moves sides: of another package's, all of it."""
    if is_foreign(type(op)):
        return op
    fields = tuple(int(value) for name in _MOVING if (value := getattr(op, name, None)) is not None)
    return (type(op) if fields else type(op).moved, fields)


def _keeps(op: Op, entering: Sequence[TensorType], side: int) -> bool:
    try:
        return moved(op, entering, [side]) == side
    except ShapeError:
        return False


def moved(op: Op, entering: Sequence[TensorType], sides: Sequence[int]) -> int:
    """A side of the output. Raises ShapeError where those of the inputs do not fit.

    The types that enter at the spec's size are for an op of another package, which may say its
    sides by its `infer` alone.
    """
    if is_foreign(type(op)) and type(op).moved is Op.moved:
        pairs = zip(entering, sides, strict=True)
        squares = tuple(feature_map(x.channels, (side, side)) for x, side in pairs)
        return inferred(op, squares).sides[0]
    # a square, so that what an op refuses is said of a map
    return int(op.moved(*((side, side) for side in sides))[0])


def _period(op: Op, entering: Sequence[TensorType]) -> tuple[int, int]:
    """The smallest p, and k: a side larger by p gives one larger by k; 0 where there is none."""
    sides = tuple(range(_FAR, _FAR + 3 * _LONGEST))
    try:
        if is_foreign(type(op)):
            far = tuple(moved(op, entering, [side]) for side in sides)
        else:
            far = op.moved(sides)
    except ShapeError:
        return 0, 0
    for period in range(1, _LONGEST + 1):
        grows = far[period] - far[0]
        if all(far[at + period] - far[at] == grows for at in range(2 * _LONGEST)):
            return period, grows
    return 0, 0
