"""A tree that fits the schema to the typed values of spec.py; sections supply what is unwritten."""

from __future__ import annotations

import re
from typing import Any

from fishcompile.language.spec import (
    SECTION_DEFAULTS,
    SECTIONS,
    BlockSpec,
    BridgeSpec,
    BudgetSpec,
    ClassifierSpec,
    ExpectSpec,
    FishSpec,
    InputSpec,
    LayerSpec,
    SamplingSpec,
    Section,
    StageSpec,
    TransferSpec,
)
from fishcompile.tree import Tree

_UNITS = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_QUANTITY = re.compile(r"([0-9]+(?:\.[0-9]+)?)([kMGT]?)")


def parse_spec(tree: Tree) -> FishSpec:
    """The spec that a validated tree says."""
    top: Any = tree.value
    stages = {
        section: tuple(_stage(section, name, entry) for name, entry in top.get(section, {}).items())
        for section in SECTIONS
    }
    return FishSpec(
        name=top["name"],
        input=InputSpec(**_sized(top.get("input", {}))),
        stem=tuple(_layer(name, entry) for name, entry in top.get("stem", {}).items()),
        bridge=_bridge(top["bridge"]) if "bridge" in top else None,
        classifier=_classifier(top["classifier"]) if "classifier" in top else None,
        taps=tuple(top.get("taps", {}).items()),
        budget=BudgetSpec(**{key: quantity(item) for key, item in top.get("budget", {}).items()}),
        **stages,
    )


def quantity(value: int | str) -> int:
    """17M as 17,000,000; an integer as it is."""
    if isinstance(value, int):
        return value
    match = _QUANTITY.fullmatch(value)
    assert match is not None, "the schema holds the pattern"
    whole, _, fraction = match[1].partition(".")
    scaled = int(whole + fraction) * _UNITS[match[2]]
    return int(scaled // 10 ** len(fraction))


def _layer(name: str, entry: dict[str, Any]) -> LayerSpec:
    return LayerSpec(name=name, path=("stem", name), **_common(entry))


def _stage(section: Section, name: str, entry: dict[str, Any]) -> StageSpec:
    fields = _common(entry)
    words: dict[str, Any] = dict(SECTION_DEFAULTS[section])
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
    for key in ("down", "up"):
        words[key] = _sampling(words[key])
    if "transfer" in fields:
        words["transfer"] = TransferSpec(**_renamed(fields["transfer"]))
    return StageSpec(name=name, section=section, path=(section, name), **words)


def _sampling(value: Any) -> SamplingSpec:
    return SamplingSpec(**(value if isinstance(value, dict) else {"kind": value}))


def _bridge(entry: dict[str, Any]) -> BridgeSpec:
    return BridgeSpec(path=("bridge",), **_common(entry))


def _classifier(entry: dict[str, Any]) -> ClassifierSpec:
    return ClassifierSpec(path=("classifier",), **_common(entry))


def _common(entry: dict[str, Any]) -> dict[str, Any]:
    """The entry's fields with `from`, `block` and `expect` as the dataclasses take them."""
    fields = _renamed(entry)
    if "block" in fields:
        fields["block"] = BlockSpec(**fields["block"])
    if "expect" in fields:
        expected = _sized(fields["expect"])
        fields["expect"] = ExpectSpec(**{"in_" if k == "in" else k: v for k, v in expected.items()})
    return fields


def _renamed(entry: dict[str, Any]) -> dict[str, Any]:
    return {"source" if key == "from" else key: item for key, item in entry.items()}


def _sized(entry: dict[str, Any]) -> dict[str, Any]:
    size = entry.get("size")
    return {**entry, "size": tuple(size)} if isinstance(size, list) else dict(entry)
