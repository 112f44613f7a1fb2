"""The scale of a picture: height for resolution, logarithmic; thickness for channels, linear."""

from __future__ import annotations

from collections.abc import Iterable
from math import log2

from fishcompile.pictures.scene import Mark
from fishcompile.record import record

TALLEST, LOWEST, VECTOR = 206.0, 44.0, 28.0
OCTAVE = 56.0  # what twice the resolution adds to the height, at most
THICKEST, THINNEST = 50.0, 4.0
PINCHED = 26.0  # the least thickness of a bar with a waist


@record
class Scale:
    """The least and the greatest resolution of the maps, and the most channels of one."""

    least: int
    greatest: int
    channels: int

    def height(self, side: int) -> float:
        """How high a map of a resolution is, in pixels; a vector has a height of its own."""
        if side <= 1:
            return VECTOR
        octaves = max(log2(self.greatest / self.least), (TALLEST - LOWEST) / OCTAVE)
        return LOWEST + (TALLEST - LOWEST) * max(0.0, log2(side / self.least)) / octaves

    def thickness(self, mark: Mark) -> float:
        """How thick a mark is, in pixels."""
        channels = mark.type.channels if mark.type and mark.type.sides else 0
        thick = max(THINNEST, channels * THICKEST / max(self.channels, 1))
        return max(thick, PINCHED) if mark.waist else thick


def scale_of(marks: Iterable[Mark]) -> Scale:
    """The scale on which the marks of a network are drawn."""
    maps = [mark.type for mark in marks if mark.type is not None and mark.type.sides]
    sides = [type_.sides[0] for type_ in maps if type_.sides[0] > 1]
    most = max((type_.channels for type_ in maps), default=1)
    return Scale(min(sides, default=1), max(sides, default=1), most)
