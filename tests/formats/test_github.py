"""The github format: workflow commands, escaped as the runner unescapes them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fishcompile.diagnostics.finding import Diagnostic, Report
from fishcompile.diagnostics.source import Source, Span
from fishcompile.formats import Checked, Page
from fishcompile.formats._snippets import visible
from tests.formats.sample import HOSTILE, RUN, hostile_run, write


def parsed(line: str) -> tuple[str, dict[str, str], str]:
    """A command as the runner reads it."""
    match = re.fullmatch(r"::(\w+) ([^:]*)::(.*)", line)
    assert match is not None, line
    kind, listed, data = match.groups()
    properties = dict(item.split("=", 1) for item in listed.split(","))
    escapes = {"%3A": ":", "%2C": ",", "%0D": "\r", "%0A": "\n"}
    for code, plain in escapes.items():
        properties = {key: value.replace(code, plain) for key, value in properties.items()}
        data = data.replace(code, plain) if plain in "\r\n" else data
    properties = {key: value.replace("%25", "%") for key, value in properties.items()}
    return kind, properties, data.replace("%25", "%")


def test_errors_come_first_and_the_list_follows() -> None:
    lines = write("github", RUN).split("\n")
    assert [(kind, properties["title"]) for kind, properties, _ in map(parsed, lines[:4])] == [
        ("error", "fishcompile FC110"),
        ("error", "fishcompile FC302"),
        ("error", "fishcompile FC100"),
        ("warning", "fishcompile FC501"),
    ]
    assert lines[1] == (
        "::error file=specs/v.yaml,line=4,col=11,endLine=4,endColumn=15,title=fishcompile FC302"
        "::512 is not divisible by 3%0Ak is 3%0Ahelp: write `k: 2`%0Ahelp: write `k: 4`"
    )
    assert lines[4:] == write("concise", RUN).split("\n")


def test_a_span_of_several_lines_has_no_columns() -> None:
    _, properties, _ = parsed(write("github", RUN).split("\n")[3])
    assert properties == {
        "file": "specs/v.yaml",
        "line": "1",
        "endLine": "2",
        "title": "fishcompile FC501",
    }


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_hostile_texts_come_out_as_they_are_shown(text: str) -> None:
    lines = write("github", hostile_run(text)).split("\n")
    assert len(lines) == 4
    for line in lines[:2]:
        _, properties, message = parsed(line)
        shown = visible(text).replace("##[", "\\x23#[")
        assert set(properties) == {"file", "line", "col", "endLine", "endColumn", "title"}
        assert message.split("\n")[:2] == [shown, shown]
        # A path is normalised; nothing else of it changes.
        assert properties["file"].endswith(shown.rsplit("/", 1)[-1])


def test_the_file_is_named_from_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    found = Diagnostic("FC302", "m", Span(Source("a,b:c%.yaml", "a"), 1, 1, 1, 2))
    line = write("github", (Checked("a", Report((found,))),), Page(root=tmp_path.resolve()))
    assert line.startswith("::error file=sub/a%2Cb%3Ac%25.yaml,line=1,col=1,")
