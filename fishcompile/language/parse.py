"""A tree that fits the schema to the typed values of spec.py; sections supply what is unwritten."""

from __future__ import annotations

import re
from typing import Any, TypeVar

from fishcompile.language.entries import common, layers, sized, stage
from fishcompile.language.fish_spec import BatchBudget, BudgetSpec, FishSpec, StageBudget
from fishcompile.language.key_layouts import LayoutSpec
from fishcompile.language.nodes import definitions, nodes
from fishcompile.language.spec import (
    SECTIONS,
    BridgeSpec,
    ClassifierSpec,
    DenseSpec,
    InputSpec,
    SizesSpec,
)
from fishcompile.reader.tree import Tree

T = TypeVar("T")

_UNITS = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_QUANTITY = re.compile(r"([0-9]+(?:\.[0-9]+)?)([kMGT]?)")


def parse_spec(tree: Tree) -> FishSpec:
    """The spec that a validated tree says."""
    top: Any = tree.value
    stages = {
        section: tuple(
            stage(section, name, entry, (section, name))
            for name, entry in top.get(section, {}).items()
        )
        for section in SECTIONS
    }
    return FishSpec(
        name=top["name"],
        input=_input(top.get("input", {})),
        stem=layers(top.get("stem", {}), ("stem",)),
        bridge=BridgeSpec(("bridge",), **common(top["bridge"])) if "bridge" in top else None,
        classifier=ClassifierSpec(("classifier",), **common(top["classifier"]))
        if "classifier" in top
        else None,
        classifiers=tuple(
            (name, ClassifierSpec(("classifiers", name), **common(entry)))
            for name, entry in top.get("classifiers", {}).items()
        ),
        dense=tuple(
            (name, DenseSpec(("dense", name), **common(entry)))
            for name, entry in top.get("dense", {}).items()
        ),
        graph=nodes(top.get("graph", {}), ("graph",)),
        outputs=tuple(top.get("outputs", {}).items()),
        taps=tuple(top.get("taps", {}).items()),
        blocks=definitions(top.get("blocks", {})),
        layouts=tuple(
            LayoutSpec(name, tuple(patterns.items()))
            for name, patterns in top.get("layouts", {}).items()
        ),
        budget=_budget(BudgetSpec, top.get("budget", {})),
        title=top.get("title", ""),
        recompute=_recompute(top.get("recompute", [])),
        **stages,
    )


def _recompute(entry: str | list[str]) -> str | tuple[str, ...]:
    return entry if isinstance(entry, str) else tuple(dict.fromkeys(entry))


def _input(entry: Any) -> InputSpec:
    sizes = {"from_" if key == "from" else key: n for key, n in entry.get("sizes", {}).items()}
    promised = {"sizes": SizesSpec(**sizes)} if "sizes" in entry else {}
    return InputSpec(**{**sized(entry), **promised})


def _budget(kind: type[T], entry: dict[str, Any]) -> T:
    """A budget of a kind, its bounds as numbers."""
    known = {key: item for key, item in entry.items() if key in ("dtype", "optimizer")}
    if "stages" in entry:
        stages = entry["stages"].items()
        known["stages"] = tuple((name, _budget(StageBudget, bounds)) for name, bounds in stages)
    if "batch" in entry:
        known["batch"] = _budget(BatchBudget, entry["batch"])
    return kind(**{key: quantity(item) for key, item in entry.items() if key not in known}, **known)


def quantity(value: int | str) -> int:
    """17M as 17,000,000; an integer as it is."""
    if isinstance(value, int):
        return value
    match = _QUANTITY.fullmatch(value)
    assert match is not None, "the schema holds the pattern"
    whole, _, fraction = match[1].partition(".")
    scaled = int(whole + fraction) * _UNITS[match[2]]
    return int(scaled // 10 ** len(fraction))
