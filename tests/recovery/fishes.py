"""Random fish that the authors' layout can hold, as spec texts with default names, for import.

Widths are worked out here, so that every skip fits; what a checkpoint cannot say keeps FishNet's
values, so that what import writes can be compared with what made the checkpoint.
"""

from __future__ import annotations

from random import Random
from typing import Any

import yaml

from fishcompile.pipeline import Analysis
from fishcompile.weights.authors import authors_keys

Shapes = dict[str, tuple[int, ...]]


def shapes_of(analysis: Analysis) -> Shapes:
    """What a checkpoint of a spec has: the authors' keys, in their order, with shapes."""
    state = analysis.inference.graph.state()
    layout = authors_keys(analysis.inference.graph, analysis.stages)
    return {theirs: state[ours][0] for ours, theirs in layout.items()}


def fish_text(seed: int) -> str:
    """A spec of one to four resolutions; widths are multiples of 16, so that most numbers fit."""
    random = Random(seed)
    levels = random.choice([1, 2, 3, 3, 4])
    tree: dict[str, Any] = {"fishspec": 2, "name": "fish"}
    tree["input"] = {"channels": random.choice([1, 3, 4]), "size": 256 if levels == 4 else 224}
    stem, width = _stem(random)
    tree["stem"] = stem
    widths = {"stem": width}
    tree["tail"] = {}
    for number in range(1, levels + 1):
        entry: dict[str, Any] = {}
        how = random.choice(["project", "project", "duplicate", "identity"])
        if how == "project":
            width = 16 * random.randint(1, 8)
            entry["out"] = width
        elif how == "duplicate":
            entry |= {"shortcut": "duplicate", "k": 2}
            width *= 2
        else:
            entry["out"] = width
        tree["tail"][f"tail{number}"] = entry | _refined(random)
        widths[f"tail{number}"] = width
    out = 16 * random.randint(1, 6)
    tree["bridge"] = {
        "out": out,
        "blocks": random.randint(1, 3),
        "widen": random.choice([1, 2, 3]),
        "squeeze": random.choice([4, 16, 7]),
        "gate": random.choice(["scale_add", "scale_add", "none"]),
        "block": _block(random),
    }
    widths["bridge"] = width = out
    classified = random.random() < 0.8
    tree["body"], tree["head"] = {}, {}
    for number in range(levels, 0, -1):
        source = f"tail{number - 1}" if number > 1 else "stem"
        ways = ["k", "k", "project", "duplicate"]
        entry, trunk = _rest(random, "body", width, random.choice(ways))
        width = _merged(random, entry, source, trunk, widths[source])
        tree["body"][f"body{number}"] = entry
        widths[f"body{number}"] = width
    for number in range(1, levels + 1):
        source = f"body{number + 1}" if number < levels else "bridge"
        entry, trunk = _rest(random, "head", width, random.choice(["identity", "identity", "k"]))
        # nothing says how many channels leave the last stage of a fish without a classifier
        shown = classified or number < levels
        width = _merged(random, entry, source, trunk, widths[source], sums=shown)
        tree["head"][f"head{number}"] = entry
    if classified:
        tree["classifier"] = {
            "classes": random.choice([1, 10, 1000]),
            "reduction": random.choice([1, 2, 3]),
        }
    return yaml.safe_dump(tree, sort_keys=False)


def _stem(random: Random) -> tuple[dict[str, Any], int]:
    stem: dict[str, Any] = {}
    width = 0
    for number in range(1, random.randint(1, 3) + 1):
        groups = random.choice([1, 1, 4]) if number > 1 else 1
        width = 16 * random.randint(1, 4)
        layer = {"kind": "conv", "out": width, "kernel": random.choice([1, 3, 5, 7])}
        stem[f"conv{number}"] = layer | ({"stride": 2} if number == 1 else {}) | {"groups": groups}
    stem["pool"] = {"kind": "max_pool", "kernel": 3, "stride": 2, "padding": 1}
    return stem, width


def _block(random: Random) -> dict[str, int]:
    return {"reduction": random.choice([1, 2, 4, 4]), "groups": random.choice([1, 1, 2, 4])}


def _refined(random: Random) -> dict[str, Any]:
    return {"blocks": random.randint(1, 3), "block": _block(random)}


def _rest(random: Random, section: str, width: int, how: str) -> tuple[dict[str, Any], int]:
    """A stage of body or head without its merge, and the width of its trunk."""
    entry = _refined(random)
    if how == "k":
        k = next(k for k in (random.choice([1, 2, 4]), 1) if width % (16 * k) == 0)
        extra: dict[str, Any] = {"k": k}
        if section == "head":
            # with k = 1 the sum is the identity, and import says so
            extra = {"shortcut": "reduce", "k": k} if k > 1 else {}
        return entry | extra, width // k
    if how == "project":
        # not the width that enters, where a projection is none
        out = 16 * random.choice([n for n in range(1, 8) if 16 * n != width])
        return entry | {"shortcut": "project", "out": out}, out
    if how == "duplicate":
        return entry | {"shortcut": "duplicate", "k": 2}, 2 * width
    return entry, width


def _merged(
    random: Random, entry: dict[str, Any], source: str, trunk: int, skip: int, *, sums: bool = True
) -> int:
    """Writes the merge into the entry; the width after it."""
    if sums and trunk == skip and random.random() < 0.5:
        entry["merge"] = "add"
        entry["transfer"] = {"from": source, "blocks": random.randint(1, 2)}
        return trunk
    if entry.get("k") == 1 and random.random() < 0.2:
        entry["merge"] = "none"
        return trunk
    entry["transfer"] = {"from": source, "blocks": random.randint(1, 3)}
    return trunk + skip
