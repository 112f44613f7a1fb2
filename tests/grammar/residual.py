"""Words of residual blocks, norms and activations that fit given widths."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tests.strategies import Choose

Entry = dict[str, Any]

KINDS = ("bottleneck", "basic", "resnet_bottleneck", "resnet_basic")
ACTS = ("relu", "silu", "gelu")
NARROW = ("bottleneck", "resnet_bottleneck")
PRE_ACT = ("bottleneck", "basic")
_CLOSED = {"groups": "group_width", "group_width": "groups"}


def norm(choose: Choose, widths: Iterable[int]) -> Any:
    """A norm whose groups divide all widths."""
    widths = list(widths)
    # a group of one channel on a map of one pixel would be one number
    fitting = [n for n in (16, 8, 4, 2) if all(width % n == 0 for width in widths)]
    if not fitting:
        return choose.one(["batch", "none"])
    channels = choose.one(fitting)
    group = "group" if channels == 16 else {"kind": "group", "channels": channels}
    short = {"channels": channels}
    return choose.one(
        ["batch", "none", group, group, short, {"kind": choose.one(["batch", "none"])}]
    )


def block(
    choose: Choose, entering: int, leaving: int, others: Sequence[int], given: Entry
) -> Entry:
    """A block that writes every word that `given`, from `defaults`, could spoil.

    `leaving` and then `others` are the widths of blocks that keep theirs.
    """
    for _ in range(40):
        made = _any(choose, given)
        if fits(effective(made, given), entering, [leaving, *others]):
            return made
    return {"kind": "bottleneck", "reduction": 1, "groups": 1, "norm": "batch", "se": 1}


def _any(choose: Choose, given: Entry) -> Entry:
    kind = choose.one(KINDS)
    made: Entry = {"kind": kind}
    if kind in NARROW:
        made["reduction"] = choose.one([4, 2, 1, 3])
        if choose.chance(30):
            made["reduction_of"] = choose.one(["in", "out"])
    made[choose.one(["groups", "group_width"])] = choose.one([1, 2, 4, 8])
    if choose.chance(40) or "se" in given:
        made["se"] = choose.one([1, 2, 4])
    if choose.chance(60) or "norm" in given:
        channels = choose.one([2, 4, 8])
        group = {"kind": "group", "channels": channels}
        made["norm"] = choose.one(["batch", "none", "group", group, {"channels": channels}])
    if choose.chance(50):
        made["act"] = choose.one(ACTS)
    if kind in PRE_ACT and choose.chance(30):
        made["order"] = choose.one(["act_first", "norm_first"])
    return made


def effective(*layers: Entry) -> Entry:
    """What a block is: the words of the first mapping, then what the next ones add."""
    result: Entry = {}
    for layer in layers:
        closed = {_CLOSED[key] for key in result if key in _CLOSED}
        kind = result.get("kind")
        if kind is not None and kind not in NARROW:
            closed |= {"reduction", "reduction_of"}
        if kind is not None and kind not in PRE_ACT:
            closed.add("order")
        result |= {k: v for k, v in layer.items() if k not in result and k not in closed}
    return result


def fits(words: Entry, entering: int, kept: Sequence[int]) -> bool:
    """Whether a block of these words takes `entering` to `kept[0]`, and keeps each of `kept`."""
    kind, group = words.get("kind", "bottleneck"), words.get("norm", "batch")
    plain = group in ("batch", "none") or group in ({"kind": "batch"}, {"kind": "none"})
    if kind not in NARROW and {"reduction", "reduction_of"} & words.keys():
        return False
    if "order" in words and (kind not in PRE_ACT or group in ("none", {"kind": "none"})):
        return False
    if {"groups", "group_width"} <= words.keys():
        return False
    pairs = [(entering, kept[0]), *((width, width) for width in kept)]
    reduction = words.get("reduction", 4)
    of = 0 if words.get("reduction_of") == "in" else 1
    narrow = kind in NARROW
    middles = [(pair[of] // reduction,) * 2 for pair in pairs] if narrow else pairs
    normed = {width for pair in (*pairs, *middles) for width in pair}
    if min(normed) < 1 or min(kept) // words.get("se", 1) < 1:
        return False
    for middle in middles:
        width = words.get("group_width", 0)
        if width and middle[1] % width:
            return False
        groups = middle[1] // width if width else words.get("groups", 1)
        if any(m % groups for m in middle):
            return False
    if plain:
        return True
    channels = group.get("channels", 16) if isinstance(group, dict) else 16
    return all(width % channels == 0 for width in normed)
