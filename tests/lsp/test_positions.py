"""Code points to code units and back, and URIs to paths as editors of every system write them."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from lsprotocol.types import Position

from fishcompile.diagnostics.source import Source
from fishcompile.lsp.positions import Positions
from fishcompile.lsp.uris import document_path, path_of

TEXT = "a: 1\r\n\tb\té\U0001f41fx: 2\r\nlast"


@pytest.mark.parametrize(
    ("encoding", "units"),
    [
        ("utf-16", [0, 1, 2, 3, 4, 6, 7]),
        ("utf-8", [0, 1, 2, 3, 5, 9, 10]),
        ("utf-32", [0, 1, 2, 3, 4, 5, 6]),
    ],
)
def test_both_ways(encoding: str, units: list[int]) -> None:
    positions, source = Positions(encoding), Source("", TEXT)
    for column, unit in enumerate(units, start=1):
        assert positions.position(source, 2, column) == Position(1, unit)
        assert positions.place(source, Position(1, unit)) == (2, column)


def test_inside_of_a_character_is_that_character() -> None:
    assert Positions("utf-16").place(Source("", TEXT), Position(1, 5)) == (2, 5)


@pytest.mark.parametrize(
    ("position", "place"),
    [
        (Position(0, 99), (1, 5)),
        (Position(2, 4), (3, 5)),
        (Position(99, 0), (3, 5)),
    ],
)
def test_past_the_ends(position: Position, place: tuple[int, int]) -> None:
    assert Positions().place(Source("", TEXT), position) == place


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///home/a/b.yaml", PurePosixPath("/home/a/b.yaml")),
        ("file:///home/a%20b/%23c%3f%25.yaml", PurePosixPath("/home/a b/#c?%.yaml")),
        ("file:///home/%C3%A9.yaml", PurePosixPath("/home/é.yaml")),
        ("file://localhost/x.yaml", PurePosixPath("/x.yaml")),
        ("file:///c%3A/Users/a.yaml", PureWindowsPath("c:/Users/a.yaml")),
        ("file:///C:/Users/a%20b.yaml", PureWindowsPath("C:/Users/a b.yaml")),
        ("file://server/share/a.yaml", PureWindowsPath("//server/share/a.yaml")),
    ],
)
def test_uris(uri: str, path: PurePosixPath | PureWindowsPath) -> None:
    assert path_of(uri, type(path)) == path


@pytest.mark.parametrize("uri", ["untitled:Untitled-1", "file:///a%00b", "git:/a.yaml", ""])
def test_what_names_no_file(uri: str) -> None:
    assert path_of(uri, PurePosixPath) is None
    assert document_path(uri).parent == Path.cwd()
