"""The widths of a network: those chosen, what is asked of widths, and which have to stay equal."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from fishcompile.reader.tree import Path
from fishcompile.scaling.width import Width, chosen


class UnfollowedError(Exception):
    """What a node does to widths cannot be said as a sum of those chosen; the text says why.

    `node` is where the node stands in the graph of the spec.
    """

    def __init__(self, node: Path, reason: str) -> None:
        super().__init__(reason)
        self.node = node
        self.reason = reason


@dataclass(frozen=True)
class Demand:
    """A width divided by `divisor`, rounded down, is a multiple of `multiple`, and not 0.

    `stage` asks for it, with the number at `at`; `what` says what a multiple is for.
    """

    width: Width
    stage: str
    at: Path
    divisor: int = 1
    multiple: int = 1
    what: str = ""

    @property
    def modulus(self) -> int:
        """What the width is to be a multiple of, which is enough."""
        return self.divisor * self.multiple if self.multiple > 1 else 1

    @property
    def least(self) -> int:
        """The smallest width that will do."""
        return self.divisor * self.multiple

    def __str__(self) -> str:
        """Why a base that does not meet it cannot be."""
        if self.width.base.denominator != 1:
            return f"{self.stage}: its channels cannot be split evenly"
        divided = f" divided by {self.divisor}" if self.divisor > 1 else ""
        most = f"a multiple of {self.multiple}" if self.multiple > 1 else "at least 1"
        return f"{self.stage}: {self.width.base} channels{divided} are not {most}"

    def holds(self, width: Fraction) -> bool:
        """Whether a width meets the demand."""
        if width.denominator != 1:
            return False
        parts = int(width) // self.divisor
        return parts >= 1 and parts % self.multiple == 0


@dataclass(frozen=True)
class Tie:
    """Two widths that are the same in the base, and have to stay so, or else (not `hard`) should.

    `why` says it of the widths that scale together for it.
    """

    one: Width
    other: Width
    at: Path
    why: str
    hard: bool = True


@dataclass
class Widths:
    """All widths of a network: those that are chosen, and what is asked of them and of others.

    `kept` are the widths that stay even, each with its stage; `asserted` those that are written
    where they follow from others. `pinned` are the chosen ones that may not scale, and why.
    `growing` are where it is said how often a block is repeated that gives another width, or other
    sides, each time.
    """

    chosen: dict[Path, int] = field(default_factory=dict)
    demands: list[Demand] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    kept: list[tuple[str, Width]] = field(default_factory=list)
    asserted: dict[Path, Width] = field(default_factory=dict)
    pinned: dict[Path, str] = field(default_factory=dict)
    growing: set[Path] = field(default_factory=set)

    def choose(self, path: Path, number: int) -> Width:
        """A width that is written at `path`."""
        self.chosen[path] = number
        return chosen(path, number)
