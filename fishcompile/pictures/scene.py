"""A scene: what a picture shows of a network, before anything has a place.

Marks are the stages that are drawn, in the order of the data; links are what they read.
"""

from __future__ import annotations

from fishcompile.analysis.crossings import Crossing
from fishcompile.ops.runs import Runs
from fishcompile.ops.tensor import TensorType
from fishcompile.record import record


@record
class Mark:
    """A stage, or several that are folded into one: `repeat` units, this one of each.

    `type` is the output's (None: unknown), `waist` the least height of a map inside where that is
    less than at both ends. `blocks` count those of the trunk and of the transfer, `reduction` is
    the k of r(x). `taps` are named with their stride. `error` numbers
    the finding that the stage is at fault of. One that is `changed` has a thick outline.
    """

    names: tuple[str, ...]
    colour: str
    type: TensorType | None
    title: str
    stripes: Runs = ()
    waist: int | None = None
    kind: str = ""
    blocks: tuple[int, int] = (0, 0)
    reduction: str = ""
    taps: tuple[str, ...] = ()
    repeat: int = 1
    unit: int = 0
    error: int = 0
    changed: bool = False

    @property
    def side(self) -> int:
        """The height of the map; 1 for a vector, 0 where it is unknown."""
        return 0 if self.type is None else self.type.sides[0] if self.type.sides else 1


@record
class Link:
    """What a mark reads: the positions of both, and what a gradient crosses on the way back.

    `via` are the stages in between that have no mark of their own. `reached` says whether the
    network's head reaches the target freely.
    """

    source: int
    target: int
    crossing: Crossing = Crossing()
    via: tuple[str, ...] = ()
    reached: bool = False
    known: bool = True
    error: int = 0

    @property
    def free(self) -> bool:
        """Whether a free path from the head goes through it."""
        return self.known and self.reached and self.crossing.free


@record
class Scene:
    """A network's marks and links, and what is said about it."""

    title: str
    subtitle: str
    marks: tuple[Mark, ...]
    links: tuple[Link, ...]
    colours: tuple[tuple[str, str], ...]
    errors: tuple[str, ...] = ()
