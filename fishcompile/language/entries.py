"""Entries to typed values: a stage, layer, bridge or head, wherever in a spec it is written.

`path` is where it stands. Keys that it does not write take the defaults of its section or class.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from fishcompile.language.spec import (
    SECTION_DEFAULTS,
    BlockSpec,
    DownSpec,
    ExpectSpec,
    LayerSpec,
    NormSpec,
    Section,
    StageSpec,
    TransferSpec,
    UpSpec,
)
from fishcompile.reader.tree import Path
from fishcompile.schema.file import residual_kinds
from fishcompile.schema.stage_blocks import AROUND

Entry = dict[str, Any]


def layers(entries: Entry, path: Path) -> tuple[LayerSpec, ...]:
    """The layers of a stem, in order."""
    return tuple(
        LayerSpec(name=name, path=(*path, name), **common(entry)) for name, entry in entries.items()
    )


def stage(section: Section, name: str, entry: Entry, path: Path) -> StageSpec:
    """A stage with the words of its section where it writes none."""
    fields = common(entry)
    words: Entry = dict(SECTION_DEFAULTS[section])
    merge = fields.get("merge", words["merge"])
    if "down" in fields or merge == "dr":
        words.update(up="none")
    elif "up" in fields or merge == "ur":
        words.update(down="none")
    if merge == "ur" and "up" not in fields and words["up"] == "none":
        words.update(up="nearest")
    if merge == "dr" and "down" not in fields and words["down"] == "none":
        words.update(down="max_pool")
    words.update(fields)
    words["down"] = DownSpec(**_mapping(words["down"]))
    words["up"] = UpSpec(**_mapping(words["up"]))
    if "transfer" in fields:
        words["transfer"] = TransferSpec(**_renamed(fields["transfer"]))
    return StageSpec(name=name, section=section, path=path, **words)


def _mapping(sampling: Any) -> Entry:
    return sampling if isinstance(sampling, dict) else {"kind": sampling}


def expected(entry: Entry) -> ExpectSpec:
    """What an entry asserts."""
    found = sized(entry)
    return ExpectSpec(**{"in_" if key == "in" else key: item for key, item in found.items()})


def sized(entry: Entry) -> Entry:
    """The entry with its `size` as a value."""
    size = entry.get("size")
    return {**entry, "size": tuple(size)} if isinstance(size, list) else dict(entry)


def common(entry: Entry) -> Entry:
    """An entry's fields with `from`, `block`, `norm` and `expect` as the dataclasses take them."""
    fields = _normed(_renamed(entry))
    if "block" in fields:
        fields["block"] = _block(_mapping(fields["block"]))
    if "expect" in fields:
        fields["expect"] = expected(fields["expect"])
    return fields


def _block(entry: Entry) -> BlockSpec:
    if entry.get("kind", BlockSpec.kind) in residual_kinds():
        return BlockSpec(**_normed(entry))
    words = {key: item for key, item in entry.items() if key in ("kind", *AROUND)}
    return BlockSpec(**_normed(words), own=values(entry, tuple(words)))


def values(entry: Entry, but: Collection[str]) -> tuple[tuple[str, Any], ...]:
    """The keys of an entry but some, each with its value: a list as a tuple."""
    found = ((key, item) for key, item in entry.items() if key not in but)
    return tuple((key, tuple(item) if isinstance(item, list) else item) for key, item in found)


def _normed(entry: Entry) -> Entry:
    return {**entry, "norm": NormSpec(**_mapping(entry["norm"]))} if "norm" in entry else entry


def _renamed(entry: Entry) -> Entry:
    return {"source" if key == "from" else key: item for key, item in entry.items()}
