"""Reading loosely: `|` marks the cursor in texts that need not be YAML."""

from __future__ import annotations

import pytest

from fishcompile.diagnostics.source import Source
from fishcompile.lsp.loose import Cursor, cursor, written_keys
from tests.lsp.specs import find


def at(marked: str) -> Cursor | None:
    line, character = find(marked, "|")
    return cursor(Source("", marked.replace("|", "", 1)), line + 1, character + 1)


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("|", Cursor((), None, "")),
        ("na|me", Cursor((), None, "na")),
        ("name: |", Cursor((), "name", "")),
        ("tail:\n  |", Cursor(("tail",), None, "")),
        ("tail:\n  a:\n    |", Cursor(("tail", "a"), None, "")),
        ("tail:\n  a:\n    out: 3\n|", Cursor((), None, "")),
        ("tail:\n  a: {|", Cursor(("tail", "a"), None, "")),
        ("tail:\n  a: {out: 3, bl|", Cursor(("tail", "a"), None, "bl")),
        ("tail: {a: {transfer: {from: t|}}}", Cursor(("tail", "a", "transfer"), "from", "t")),
        ("tail:\n  a: {out: 3,\n    |", Cursor(("tail", "a"), None, "")),
        # brackets that were never closed end where the indentation does
        ("tail:\n  a: {out: 3,\n  b: {|", Cursor(("tail", "b"), None, "")),
        ("tail:\n  a: {out: 3,\nbody:\n  |", Cursor(("body",), None, "")),
        ("tail:\n  a: {out: 3\n|", Cursor((), None, "")),
        ("'tail':\n  \"a\": {x: '|", Cursor(("tail", "a"), "x", "")),
        ("tail: {a: {from: 'x, y', k|", Cursor(("tail", "a"), None, "k")),
        ("tail: {a: {}, |", Cursor(("tail",), None, "")),
        ("tail: {a: {}|", None),
        ("tail: {a: {}}|", None),
        ("# |", None),
        ("name: x # |", None),
        ("tail: {a: 1 # |", None),
        ("size: [|", Cursor((), "size", "")),
        ("graph: {a: {from: [b, c|", Cursor(("graph", "a"), "from", "c")),
        ("name: two |", None),
    ],
)
def test_where_the_cursor_is(marked: str, expected: Cursor | None) -> None:
    assert at(marked) == expected


def test_entries_of_a_broken_text() -> None:
    text = 'extends: "b.yaml" # no\ntail:\n  a: {k: 1, "q": x#y\nbody:\n  b:\n    out: null\n'
    assert [(e.path, e.line, e.column, e.value) for e in written_keys(text)] == [
        (("extends",), 1, 1, "b.yaml"),
        (("tail",), 2, 1, ""),
        (("tail", "a"), 3, 3, ""),
        (("tail", "a", "k"), 3, 7, "1"),
        (("tail", "a", "q"), 3, 13, "x#y"),
        (("body",), 4, 1, ""),
        (("body", "b"), 5, 3, ""),
        (("body", "b", "out"), 6, 5, "null"),
    ]
