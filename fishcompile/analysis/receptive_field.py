"""Receptive field: how many pixels of the image, along a side, a pixel of each value is made of.

A pixel of a value is made of those from a first to a last one of the image, borders left aside.
Where maps are enlarged and made smaller again both repeat themselves with a period, so a value is
described by one period of them; the field is the largest of it. A value of which a pixel takes in a
whole map has none.
"""

from __future__ import annotations

from math import gcd, lcm

from fishcompile.analysis.strides import strides
from fishcompile.ir.graph import Graph, Node
from fishcompile.record import record

_LONGEST = 256  # a period; the fields of maps enlarged further count as all of the image


@record
class _Reach:
    """The ends for each pixel of a period, which is `step` pixels of the image long."""

    ends: tuple[tuple[int, int], ...]
    step: int

    def at(self, pixel: int) -> tuple[int, int]:
        """The ends for any pixel."""
        turns, phase = divmod(pixel, len(self.ends))
        first, last = self.ends[phase]
        return first + turns * self.step, last + turns * self.step


def receptive_fields(graph: Graph) -> dict[str, int | None]:
    """The largest receptive field of each value along a side; None: all of the image."""
    stride = strides(graph)
    known: dict[str, _Reach | None] = {value.name: _Reach(((0, 0),), 1) for value in graph.inputs}
    for node in graph.nodes:
        growth = max(1, stride[node.inputs[0]] // stride[node.name])
        known[node.name] = _reach(node, growth, [known[name] for name in node.data])
    return {
        name: None if reach is None else max(last - first + 1 for first, last in reach.ends)
        for name, reach in known.items()
    }


def _reach(node: Node, growth: int, inputs: list[_Reach | None]) -> _Reach | None:
    """What a node reaches, given what its operands do."""
    found = [reach for reach in inputs if reach is not None]
    if len(found) < len(inputs) or node.op.span(0, growth) is None:
        return None
    parts = [_through(node, growth, reach) for reach in found]
    first, *others = parts
    if first is None or not others:
        return first
    period = lcm(*(len(part.ends) for part in parts if part is not None))
    if None in parts or period > _LONGEST:
        return None
    known = [part for part in parts if part is not None]
    ends = [[part.at(pixel) for part in known] for pixel in range(period)]
    whole = tuple((min(a for a, _ in each), max(b for _, b in each)) for each in ends)
    return _Reach(whole, first.step * (period // len(first.ends)))


def _through(node: Node, growth: int, reach: _Reach) -> _Reach | None:
    """What one operand's pixels reach, by way of the op's window."""
    stride = int(getattr(node.op, "stride", 1))
    if growth > 1:  # of what enlarges, a stride is by how much
        growth, stride = max(growth, stride), 1
    turns = stride // gcd(stride, len(reach.ends))  # of the operand, until both repeat themselves
    period = growth * len(reach.ends) // gcd(stride, len(reach.ends))
    if period > _LONGEST:
        return None
    ends = []
    for pixel in range(period):
        span = node.op.span(pixel, growth)
        assert span is not None, "it was asked for the first pixel"
        ends.append((reach.at(span[0])[0], reach.at(span[1])[1]))
    return _Reach(tuple(ends), turns * reach.step)
