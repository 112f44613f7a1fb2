"""The reader of a run: each file once, under one name."""

from __future__ import annotations

from pathlib import Path

import pytest

from fishcompile.diagnostics.finding import Diagnostic, SpecError
from fishcompile.loading.inputs import Input, collect, read_once
from fishcompile.pipeline import analyse
from fishcompile.reader.read import UnreadableError, read_file
from fishcompile.reader.tree import Tree

BASE = """\
fishspec: 2
name: base
input: {channels: 3, size: 64}
stem: {c: {kind: conv, out: 16, kernel: 3, stride: 2}}
tail: {t: {out: 32, blocks: 1}}
classifier: {classes: 10}
"""
VARIANT = "fishspec: 2\nname: v\nextends: ../base.yaml\ntail: {t: {blocks: 2}}\n"


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "sub").mkdir()
    (tmp_path / "base.yaml").write_text(BASE, "utf-8")
    for name in ("sub/v1.yaml", "sub/v2.yaml"):
        (tmp_path / name).write_text(VARIANT, "utf-8")
    return tmp_path


class Counting:
    """A reader that notes what it reads."""

    def __init__(self) -> None:
        self.reads: list[str] = []

    def __call__(self, path: Path, name: str) -> Tree:
        self.reads.append(path.resolve().name)
        return read_file(path, name)


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("words", [[".", "sub"], ["sub", "base.yaml"]])
def test_a_base_of_several_variants_is_read_once(words: list[str]) -> None:
    inputs, count = collect(words), Counting()
    read = read_once(inputs, read=count)
    for item in inputs:
        assert analyse(item.path, read).report.ok
    assert sorted(count.reads) == ["base.yaml", "v1.yaml", "v2.yaml"]


def test_a_base_that_does_not_read_is_read_once_and_one_finding(files: Path) -> None:
    (files / "base.yaml").write_text("a: [\n", "utf-8")
    inputs, count = collect(["sub", "base.yaml"]), Counting()
    read = read_once(inputs, read=count)
    found: list[Diagnostic] = []
    for item in inputs:
        with pytest.raises(SpecError) as caught:
            analyse(item.path, read)
        found += caught.value.report.diagnostics
    assert count.reads.count("base.yaml") == 1
    assert len(found) == 3
    assert [(one.rule, str(one.span)) for one in set(found)] == [("FC101", "base.yaml:2:1")]


@pytest.mark.usefixtures("files")
def test_a_base_is_called_as_the_command_line_calls_it() -> None:
    base = Path("base.yaml").absolute()
    variant = Input(Path("sub/v1.yaml"))
    assert read_once([variant])(base, "sub/../base.yaml").source.name == "sub/../base.yaml"
    read = read_once([variant, Input(Path("base.yaml"))])
    assert read(base, "sub/../base.yaml").source.name == "base.yaml"


@pytest.mark.usefixtures("files")
def test_bytes_that_are_held_stand_for_the_file_be_it_there_or_not() -> None:
    text = VARIANT.replace("blocks: 2", "blocks: 3").encode()
    for name in ("sub/new.yaml", "sub/v1.yaml"):
        inputs = collect(["-"], name)
        result = analyse(inputs[0].path, read_once(inputs, {Path(name): text}))
        assert result.report.ok
        assert result.tree.get(("tail", "t", "blocks")) == 3
    # A base that is being written is what its variants extend.
    held = {Path("base.yaml"): BASE.replace("out: 32", "out: 48").encode()}
    read = read_once([Input(Path("sub/v1.yaml"))], held)
    assert analyse(Path("sub/v1.yaml"), read).tree.get(("tail", "t", "out")) == 48


@pytest.mark.usefixtures("files")
def test_a_missing_file_stays_missing() -> None:
    read = read_once([])
    for _ in range(2):
        with pytest.raises(UnreadableError):
            read(Path("none.yaml"), "none.yaml")
