"""What no checkpoint says of the fish that made it, in words, each for its place in the spec."""

from __future__ import annotations

from collections.abc import Mapping

from fishcompile.language.fish_spec import FishSpec
from fishcompile.reader.tree import Path, Plain

UNKNOWN = (
    "the image's size, strides, padding and pooling of the stem, down- and up-sampling, dilation, "
    "scale or scale_add, taps"
)
_NOT = "not in a checkpoint"
# The dilations in the body of FishNet, whose resolutions are three.
_DILATIONS, _RESOLUTIONS = {"body2": 2, "body1": 4}, 3


def notes_of_whole(fish: FishSpec) -> dict[Path, str]:
    """Comments for a spec in which what is unknown is as in FishNet, but for dilation."""
    notes: dict[Path, str] = {
        ("input",): f"the size is {_NOT}",
        ("stem",): f"strides, padding and pooling are {_NOT}; these are FishNet's",
        ("tail",): f"down-sampling is {_NOT}; max_pool is FishNet's, as in the head",
        ("body",): f"up-sampling and dilation are {_NOT}; nearest is FishNet's",
        (): f"Taps are {_NOT}: without `taps` every stage is one, under its own name.",
    }
    if fish.bridge and fish.bridge.gate != "none":
        notes[("bridge",)] = f"scale or scale_add is {_NOT}; FishNet's"
    if fish.classifier is None and fish.head:
        note = f"without a classifier, whether this concatenates is {_NOT}; FishNet does"
        notes[fish.head[-1].path] = note
    if len(fish.tail) == _RESOLUTIONS:
        for name, dilation in _DILATIONS.items():
            note = f"dilation is {_NOT}: 1 here, where FishNet has `dilation: {dilation}`"
            notes[("body", name)] = note
    return notes


def notes_of_variant(
    fish: FishSpec, base: FishSpec, changes: Mapping[str, Plain]
) -> dict[Path, str]:
    """Comments for a variant: what it takes from its base, and what its new stages do."""
    old = {stage.path: stage for stage in (*base.tail, *base.body, *base.head)}
    notes: dict[Path, str] = {}
    for stage in (*fish.tail, *fish.body, *fish.head):
        entry = changes.get(stage.section)
        if not isinstance(entry, dict) or stage.name not in entry:
            continue
        before = old.get(stage.path)
        if before is None:
            notes[stage.path] = f"dilation is {_NOT}: 1 here"
        elif before.dilation != 1 or stage.section == "body":
            notes[stage.path] = f"dilation is {_NOT}; {before.dilation} is the base's"
    return notes


def inherited(fish: FishSpec, base: FishSpec) -> list[str]:
    """What a variant assumes, a sentence each."""
    lines = [f"What no checkpoint says is assumed to be as in the base: {UNKNOWN}."]
    names = {stage.path for stage in (*fish.tail, *fish.body, *fish.head)}
    dilated = [
        f"{stage.name} {stage.dilation}"
        for stage in (*base.tail, *base.body, *base.head)
        if stage.dilation != 1 and stage.path in names
    ]
    if dilated:
        lines.append(f"So the dilations are the base's: {', '.join(dilated)}.")
    return lines
