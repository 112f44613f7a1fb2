"""Generated specs over the whole grammar are what they say: shapes, costs, text and renderings."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fishcompile.targets.source import emit_source
from tests.grammar.promises import clean, promised
from tests.grammar.specs import COUNT, spec, specs
from tests.grammar.words import language, said

SAMPLE = range(0, COUNT, 10)


def test_the_specs_say_every_word_of_the_language() -> None:
    words = {
        word for made in specs(range(COUNT)) for tree in made.files.values() for word in said(tree)
    }
    # what is used up before a spec has values has generated tests of its own
    elsewhere = {("scale", ""), ("use", ""), ("layouts", ""), ("title", "")}
    # and so has what is promised of other sizes
    elsewhere |= {("sizes", ""), ("multiple", "")}
    # and what changes how a network trains
    elsewhere |= {("recompute", ""), ("recompute", "preact"), ("recompute", "stages")}
    assert language() - words - elsewhere == set()


def test_the_specs_are_of_every_form() -> None:
    whole = [(made, made.files["net.yaml"]) for made in specs(range(COUNT))]
    trees = [tree for made, tree in whole if len(made.files) == 1]
    fish = {"stem", "tail", "bridge", "body", "head"}
    forms: tuple[list[Any], ...] = (
        [tree for tree in trees if "graph" in tree and not fish & tree.keys()],
        [tree for tree in trees if "graph" in tree and fish & tree.keys()],
        [tree for tree in trees if "graph" not in tree],
        [tree for tree in trees if "taps" not in tree],
        [tree for tree in trees if len(tree.get("classifiers", {})) > 1],
        [tree for tree in trees if "dense" in tree and "classifier" not in tree],
        [made for made, _ in whole if not made.outputs],
        [made for made, _ in whole if len(made.outputs) > 2],
        [made for made, _ in whole if len(made.files) > 1],
        [tree for tree in trees if isinstance(tree["input"]["size"], list)],
    )
    counts = [len(form) for form in forms]
    assert min(counts) >= 5, counts
    assert {tree["input"]["channels"] for tree in trees} == {1, 2, 3, 4}


def test_the_specs_use_composite_blocks_in_every_way() -> None:
    uses = dict.fromkeys(
        ("repeat", "when", "several inputs", "itself", "another", "formula", "output"), 0
    )
    for made in specs(range(COUNT)):
        tree = next(iter(made.files.values()))
        blocks = tree.get("blocks", {})
        for name, block in blocks.items():
            inner = block["graph"].values()
            uses["repeat"] += any("repeat" in node for node in inner)
            uses["when"] += any("when" in node for node in inner)
            uses["several inputs"] += len(block.get("inputs", ())) > 1
            uses["itself"] += any(node["kind"] == name for node in inner)
            uses["another"] += any(node["kind"] in blocks.keys() - {name} for node in inner)
            uses["formula"] += bool(re.search(r"[+*/-] ", str(block)))
            uses["output"] += "output" in block
    assert min(uses.values()) >= 10, uses


@pytest.mark.parametrize("number", SAMPLE)
def test_a_spec_holds_what_it_promises(number: int, tmp_path: Path) -> None:
    promised(spec(number), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("number", [n for n in range(COUNT) if n not in SAMPLE])
def test_every_spec_holds_what_it_promises(number: int, tmp_path: Path) -> None:
    promised(spec(number), tmp_path)


def written(numbers: range, folder: Path) -> list[str]:
    """The emitted files of these specs, in a folder."""
    paths = []
    for number in numbers:
        for name, text in spec(number).texts().items():
            (folder / name).write_text(text, "utf-8")
        paths.append(folder / f"net{number}.py")
        paths[-1].write_text(emit_source(clean(folder / "net.yaml")), "utf-8")
    return list(map(str, paths))


def run(*words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_emitted_files_are_clean_and_formatted(tmp_path: Path) -> None:
    paths = written(range(0, COUNT, 10), tmp_path)
    run("ruff", "check", "--isolated", *paths)
    run("ruff", "format", "--isolated", "--check", *paths)


@pytest.mark.slow
def test_every_emitted_file_is_clean_formatted_and_typed(tmp_path: Path) -> None:
    paths = written(range(COUNT), tmp_path)
    run("ruff", "check", "--isolated", *paths)
    run("ruff", "format", "--isolated", "--check", *paths)
    run("mypy", "--config-file=", "--no-incremental", *paths)
