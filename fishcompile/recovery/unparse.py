"""A fish as the plain values of a spec, the inverse of parse.py, and the text of these.

What a section does anyway is left out; what FishNet's own specs write is written. Sampling and
dilation are left to the defaults, taps, budget and `expect` to the author. The text is in the style
of specs/: a section per block, a stage per line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from fishcompile.language.fish_spec import FishSpec
from fishcompile.language.spec import (
    SECTION_DEFAULTS,
    SECTIONS,
    BlockSpec,
    BridgeSpec,
    ClassifierSpec,
    LayerSpec,
    StageSpec,
)
from fishcompile.reader.tree import Path, Plain
from fishcompile.reader.write import flow
from fishcompile.schema.version import VERSION

Entry = dict[str, Plain]
_PLAIN = BlockSpec()
# Sections whose entries stand on lines of their own.
_LISTED = ("stem", "tail", "body", "head")


def plain_fish(fish: FishSpec) -> Entry:
    """The spec of a fish, its sections in the order in which data flows."""
    blocks = [stage.block for stage in (*fish.tail, *fish.body, *fish.head)]
    if fish.bridge:
        blocks.append(fish.bridge.block)
    # said once where all say the same
    common = blocks[0] if blocks and all(block == blocks[0] for block in blocks) else _PLAIN
    size = fish.input.size
    entry: Entry = {
        "fishspec": VERSION,
        "name": fish.name,
        "input": {
            "channels": fish.input.channels,
            "size": size if isinstance(size, int) else list(size),
        },
    }
    if common != _PLAIN:
        entry["defaults"] = {"block": block_changes(common, _PLAIN)}
    if fish.stem:
        entry["stem"] = {layer.name: layer_entry(layer) for layer in fish.stem}
    for section in SECTIONS:
        if section == "body" and fish.bridge:
            entry["bridge"] = bridge_entry(fish.bridge, common)
        stages: tuple[StageSpec, ...] = getattr(fish, section)
        if stages:
            entry[section] = {stage.name: stage_entry(stage, common) for stage in stages}
    if fish.classifier:
        entry["classifier"] = classifier_entry(fish.classifier)
    return entry


def layer_entry(layer: LayerSpec) -> Entry:
    """A layer of the stem."""
    entry: Entry = {"kind": layer.kind}
    numbers = {key: getattr(layer, key) for key in ("out", "kernel", "stride", "padding")}
    entry |= {key: number for key, number in numbers.items() if number is not None}
    entry |= {key: n for key in ("dilation", "groups") if (n := getattr(layer, key)) != 1}
    return entry


def stage_entry(stage: StageSpec, common: BlockSpec = _PLAIN) -> Entry:
    """A stage of tail, body or head; `common` is what its blocks are without a word."""
    words = SECTION_DEFAULTS[stage.section]
    entry: Entry = {}
    if stage.shortcut != words["shortcut"]:
        entry["shortcut"] = stage.shortcut
    if stage.out is not None:
        entry["out"] = stage.out
    entry["blocks"] = stage.blocks
    if stage.shortcut in ("reduce", "duplicate"):
        entry["k"] = stage.k
    if stage.merge != words["merge"]:
        entry["merge"] = stage.merge
    if stage.transfer:
        entry["transfer"] = {"from": stage.transfer.source, "blocks": stage.transfer.blocks}
    return entry | _block(stage.block, common)


def bridge_entry(bridge: BridgeSpec, common: BlockSpec = _PLAIN) -> Entry:
    """The bridge."""
    entry: Entry = {key: getattr(bridge, key) for key in ("out", "blocks", "widen")}
    if bridge.gate != "none":
        entry["squeeze"] = bridge.squeeze
    entry["gate"] = bridge.gate
    return entry | _block(bridge.block, common)


def classifier_entry(classifier: ClassifierSpec) -> Entry:
    """The classifier."""
    entry: Entry = {"classes": classifier.classes}
    if classifier.reduction != ClassifierSpec.reduction:
        entry["reduction"] = classifier.reduction
    return entry


def block_changes(block: BlockSpec, common: BlockSpec) -> Entry:
    """The keys of a block that are not as in `common`."""
    before = asdict(common)
    return {key: value for key, value in asdict(block).items() if value != before[key]}


def _block(block: BlockSpec, common: BlockSpec) -> Entry:
    changes = block_changes(block, common)
    return {"block": changes} if changes else {}


def write_spec(
    value: Mapping[str, Plain], notes: Mapping[Path, str], heading: Sequence[str] = ()
) -> str:
    """The text of a spec. `notes`, by the path of a section or its entry, become its comment.

    `heading` are comments at the top, each at most one line. A note at `()` is the last line.
    """
    lines = [f"# {line}" for line in heading]
    airy = "extends" not in value  # a variant is short
    before = False
    for key, item in value.items():
        listed = key in _LISTED and isinstance(item, dict)
        if (listed or before) if airy else (listed and not before):
            lines.append("")
        before = listed or (key == "bridge" and airy) or (before and not airy)
        if listed and isinstance(item, dict):
            lines.append(f"{key}:{_comment(notes, (key,))}")
            lines += [
                f"  {flow(name)}: {flow(entry)}{_comment(notes, (key, name))}"
                for name, entry in item.items()
            ]
        else:
            lines.append(f"{key}: {flow(item)}{_comment(notes, (key,))}")
    if () in notes:
        lines.append(f"# {notes[()]}")
    return "\n".join([*lines, ""])


def _comment(notes: Mapping[Path, str], path: Path) -> str:
    return f" # {notes[path]}" if path in notes else ""
