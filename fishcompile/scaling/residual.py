"""What residual blocks ask of the widths that enter and leave them, as blocks/ builds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fishcompile.language.spec import BlockSpec, NormSpec
from fishcompile.reader.tree import Path
from fishcompile.scaling.network import Demand, Tie, Widths
from fishcompile.scaling.width import Width

_WIDE = ("basic", "resnet_basic")  # kinds without a narrower middle
_PRE_ACT = ("bottleneck", "basic")  # kinds whose norms come before their convolutions


def ask_residual(
    stage: str, path: Path, block: BlockSpec, x: Width, width: Width, blocks: int, found: Widths
) -> None:
    """Adds what `blocks` residual blocks demand, the first of which takes `x` to `width`."""
    found.demands += _one(stage, path, block, x, width)
    rest = _one(stage, path, block, width, width)
    # a single block may become several: then these hold as well, unless they never did
    found.demands += [one for one in rest if blocks > 1 or one.holds(one.width.base)]
    if block.kind in _WIDE and block.group_width and x != width:
        # as many groups as the width that leaves makes divide the one that enters
        groups = width.base / block.group_width
        why = f"{stage} convolves in groups of {block.group_width}"
        as_many = x.times(width.base / x.base)
        if x.base % groups == 0:  # else the base does not hold, which others say better
            found.ties.append(Tie(as_many, width, (*path, "block", "group_width"), why))


def _one(stage: str, path: Path, block: BlockSpec, x: Width, width: Width) -> Iterable[Demand]:
    """The demands of one block: on its middle, on what its groups divide, on what is normed."""
    at = (*path, "block")
    wide = block.kind in _WIDE
    divisor = 1 if wide else block.reduction
    key = "group_width" if block.group_width else "groups" if block.groups > 1 else "reduction"
    grouped = block.group_width or block.groups
    kind = f"groups of {grouped}" if block.group_width else f"{grouped} groups"
    what = f"for {kind} of a middle divided by {divisor}" if not wide else f"for {kind}"
    whole = x if block.reduction_of == "in" and not wide else width
    yield Demand(whole, stage, (*at, key), divisor, grouped, what)
    if wide and block.groups > 1 and not block.group_width:
        yield Demand(x, stage, (*at, key), 1, grouped, what)
    if block.se:
        yield Demand(width, stage, (*at, "se"), block.se)
    yield from grouped_norm(stage, at, block.norm, whole, divisor)
    yield from grouped_norm(stage, at, block.norm, width, 1)
    if block.kind in _PRE_ACT:
        yield from grouped_norm(stage, at, block.norm, x, 1)


def grouped_norm(
    stage: str, path: Path, norm: NormSpec, width: Width, *divisors: int
) -> Iterator[Demand]:
    """That the channels of a group norm divide a width, and its quotients."""
    if norm.kind == "group":
        what = f"for groups of {norm.channels} channels"
        for divisor in divisors:
            yield Demand(width, stage, (*path, "norm"), divisor, norm.channels, what)
