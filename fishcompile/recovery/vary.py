"""A fish as a variant: what a spec has to change in a base so that its weights are the fish's.

What a weight shows is compared: widths, counts, shortcuts, merges, and where skips come from. All
else, such as dilation or the kind of a pooling, is left as the base has it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fishcompile.language.fish_spec import FishSpec
from fishcompile.language.spec import SECTIONS, LayerSpec, Section, StageSpec
from fishcompile.reader.tree import Plain
from fishcompile.recovery.unparse import (
    Entry,
    block_changes,
    bridge_entry,
    classifier_entry,
    layer_entry,
    stage_entry,
)

_CONCAT = ("ur", "dr", "concat")


class NotAVariantError(Exception):
    """No change of the base gives the fish; the text says why."""


def with_names_of(base: FishSpec, fish: FishSpec) -> FishSpec:
    """The fish, its stages named as the base's of the same place where the base names differ.

    Where a section has all the names anyway, or another number of stages, its names stay.
    """
    new: dict[str, str] = {}
    for section in SECTIONS:
        own = [stage.name for stage in getattr(fish, section)]
        theirs = [stage.name for stage in getattr(base, section)]
        if len(own) == len(theirs) and set(own) != set(theirs):
            new |= dict(zip(own, theirs, strict=True))

    def renamed(stage: StageSpec) -> StageSpec:
        name, transfer = new.get(stage.name, stage.name), stage.transfer
        if transfer:
            transfer = replace(transfer, source=new.get(transfer.source, transfer.source))
        return replace(stage, name=name, path=(stage.section, name), transfer=transfer)

    stages: Any = {section: tuple(map(renamed, getattr(fish, section))) for section in SECTIONS}
    return replace(fish, **stages)


def changes(fish: FishSpec, base: FishSpec) -> Entry:
    """What a variant of `base` writes to be `fish`, without its own `fishspec`, `name`, `extends`.

    Raises NotAVariantError where a new stage would have to stand before all of the base's.
    """
    found: Entry = {}
    if fish.input.channels != base.input.channels:
        found["input"] = {"channels": fish.input.channels}
    found |= _some("stem", _stem(fish.stem, base.stem))
    before = "stem" if fish.stem else "input"
    for section in SECTIONS:
        if section == "body":
            found |= _bridge(fish, base, before)
            before = "bridge" if fish.bridge else before
        found |= _some(section, _section(section, fish, base, before))
        stages: tuple[StageSpec, ...] = getattr(fish, section)
        before = stages[-1].name if stages else before
    found |= _classifier(fish, base, before)
    return found | _taps(fish, base)


def _some(key: str, entry: Entry) -> Entry:
    return {key: entry} if entry else {}


def _stem(own: tuple[LayerSpec, ...], base: tuple[LayerSpec, ...]) -> Entry:
    """Convolutions are compared in their order; poolings have no weights and stay."""
    if not base:
        return {layer.name: layer_entry(layer) for layer in own}
    ours, theirs = _convolutions(own), _convolutions(base)
    found: Entry = {}
    for new, old in zip(ours, theirs, strict=False):
        entry: Entry = {"out": new.out} if new.out != old.out else {}
        entry |= {"kernel": new.kernel} if new.kernel != (old.kernel or 3) else {}
        entry |= {"groups": new.groups} if new.groups != old.groups else {}
        found |= _some(old.name, entry)
    found |= {old.name: None for old in theirs[len(ours) :]}
    after = theirs[-1].name if theirs else None
    for new in ours[len(theirs) :]:
        if after is None:
            raise NotAVariantError(f"the base's stem has no convolution for {new.name} to follow")
        found[new.name] = {**layer_entry(new), "after": after}
        after = new.name
    return found


def _convolutions(stem: tuple[LayerSpec, ...]) -> list[LayerSpec]:
    return [layer for layer in stem if layer.kind == "conv"]


def _section(section: Section, fish: FishSpec, base: FishSpec, before: str) -> Entry:
    """The changes of a section whose first stage reads `before`."""
    own: tuple[StageSpec, ...] = getattr(fish, section)
    old = {stage.name: stage for stage in getattr(base, section)}
    found: Entry = {name: None for name in old if name not in {stage.name for stage in own}}
    for index, stage in enumerate(own):
        if stage.name in old:
            found |= _some(stage.name, _stage(stage, old[stage.name], before))
        else:
            entry = stage_entry(stage)
            if any(later.name in old for later in own[index:]):
                if not index:
                    raise NotAVariantError(
                        f"{stage.name} would be the first of the {section}, and a variant can put "
                        "a new stage only behind another"
                    )
                entry["after"] = before
            found[stage.name] = entry
        before = stage.name
    return found


def _stage(new: StageSpec, old: StageSpec, before: str) -> Entry:
    entry: Entry = {}
    if old.source is not None and old.source != before:
        entry["from"] = before
    if new.shortcut != old.shortcut and not (_keeps(new) and _keeps(old)):
        entry["shortcut"] = new.shortcut
    if new.out != old.out:
        entry["out"] = new.out
    if new.blocks != old.blocks:
        entry["blocks"] = new.blocks
    if new.k != old.k:
        entry["k"] = new.k
    # sampling by weights has no place in the authors' layout
    if old.down.kind == "strided_conv":
        entry["down"] = "max_pool"
    if old.up.kind == "deconv":
        entry["up"] = "nearest"
    if new.merge != old.merge and not (new.merge in _CONCAT and old.merge in _CONCAT):
        entry["merge"] = new.merge
    entry |= _some("transfer", _transfer(new, old)) if new.transfer else {}
    if old.transfer and not new.transfer:
        entry["transfer"] = None
    return entry | _some("block", block_changes(new.block, old.block))


def _keeps(stage: StageSpec) -> bool:
    """Whether the shortcut gives its input as it is: a sum of single channels is one of them."""
    return stage.shortcut == "identity" or (
        stage.shortcut in ("reduce", "duplicate") and stage.k == 1
    )


def _transfer(new: StageSpec, old: StageSpec) -> Entry:
    assert new.transfer is not None
    values: Entry = {"from": new.transfer.source, "blocks": new.transfer.blocks}
    if old.transfer is None:
        return values
    before = {"from": old.transfer.source, "blocks": old.transfer.blocks}
    return {key: value for key, value in values.items() if value != before[key]}


def _bridge(fish: FishSpec, base: FishSpec, before: str) -> Entry:
    new, old = fish.bridge, base.bridge
    if new is None or old is None:
        return {"bridge": bridge_entry(new)} if new else {"bridge": None} if old else {}
    entry: Entry = {"from": before} if old.source not in (None, before) else {}
    entry |= {
        key: getattr(new, key)
        for key in ("out", "blocks", "widen")
        if getattr(new, key) != getattr(old, key)
    }
    if new.gate != "none" and new.squeeze != old.squeeze:
        entry["squeeze"] = new.squeeze
    if (new.gate == "none") != (old.gate == "none"):
        entry["gate"] = new.gate
    return _some("bridge", entry | _some("block", block_changes(new.block, old.block)))


def _classifier(fish: FishSpec, base: FishSpec, before: str) -> Entry:
    new, old = fish.classifier, base.classifier
    if new is None or old is None:
        return {"classifier": classifier_entry(new)} if new else {"classifier": None} if old else {}
    entry: Entry = {"classes": new.classes} if new.classes != old.classes else {}
    entry |= {"from": before} if old.source not in (None, before) else {}
    entry |= {"reduction": new.reduction} if new.reduction != old.reduction else {}
    return _some("classifier", entry)


def _taps(fish: FishSpec, base: FishSpec) -> Entry:
    """Taps of stages that are not there go; those of a stage that has moved stay with its name."""
    there = {stage.name for stage in (*fish.tail, *fish.body, *fish.head)} | {"stem", "bridge"}
    gone: dict[str, Plain] = {tap: None for tap, source in base.taps if source not in there}
    if gone and len(gone) == len(base.taps):
        return {"taps": None}
    return _some("taps", gone)
