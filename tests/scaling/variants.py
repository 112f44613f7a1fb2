"""Scaled variants as tests write them: a base, what the variant says, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from fishcompile.pipeline import Analysis, analyse
from fishcompile.reader.read import read_bytes
from fishcompile.reader.tree import Tree
from tests.nets import SPECS, shipped

FISHNET99 = shipped("fishnet99").read_text(encoding="utf-8")
HEAD = "fishspec: 2\nname: base\n"


def vary(base: str, *variants: str) -> Analysis:
    """The last of a chain of variants, each the text behind its `extends`, of a base's text."""
    return vary_files({"base.yaml": base}, "base.yaml", *variants)


def vary_files(texts: Mapping[str, str], last: str, *variants: str) -> Analysis:
    """The last of a chain of variants of the spec `last` of some files."""
    files = dict(texts)
    for number, text in enumerate(variants):
        name = f"variant{number}.yaml"
        files[name] = f"fishspec: 2\nname: v{number}\nextends: {last}\n{text}\n"
        last = name

    def read(_: Path, name: str) -> Tree:
        return read_bytes(files[name].encode(), name)

    return analyse(Path(last), read)


def vary_shipped(name: str, *variants: str) -> Analysis:
    """The last of a chain of variants of a shipped spec."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in SPECS.glob("*.yaml")}
    return vary_files(texts, f"{name}.yaml", *variants)


def numbers(analysis: Analysis) -> dict[str, int]:
    """What became of each scaled number."""
    return {one.name: one.new for one in analysis.adjustments}


def reasons(analysis: Analysis) -> dict[str, str]:
    """Why the numbers that are not exact are not."""
    return {one.name: one.reason for one in analysis.adjustments if one.reason}


def trunks(analysis: Analysis) -> dict[str, int]:
    """The channels of each stage before its merge."""
    return {name: facts.trunk.channels for name, facts in analysis.inference.stages.items()}


def errors(analysis: Analysis) -> list[str]:
    """What is wrong with a network."""
    found = analysis.report.diagnostics
    return [f"{one.rule} {one.message}" for one in found if one.severity == "error"]
