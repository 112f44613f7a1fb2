"""Comments that ignore findings: where they count, what they cannot hide, and what is said."""

from __future__ import annotations

import pytest

from fishcompile.diagnostics.finding import Diagnostic
from fishcompile.diagnostics.source import Source
from fishcompile.policy.inline import read_ignores


def held(text: str) -> list[tuple[str, int]]:
    """Each ignore's rule and the line it holds for."""
    ignores, malformed = read_ignores(Source("net.yaml", text))
    assert malformed == ()
    return sorted((ignore.rule, ignore.line) for ignore in ignores)


def refused(text: str) -> list[tuple[int, int, int, str, tuple[str, ...]]]:
    ignores, malformed = read_ignores(Source("net.yaml", text))
    assert ignores == ()
    assert {(d.rule, d.severity) for d in malformed} <= {("FC902", "warning")}
    return sorted((*place(d), d.message, d.help) for d in malformed)


def place(found: Diagnostic) -> tuple[int, int, int]:
    return found.span.line, found.span.column, found.span.end_column


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1  # fishcompile: ignore[FC501] why\n", [("FC501", 1)]),
        ("a: 1  # fishcompile: ignore[FC501, FC402]\n", [("FC402", 1), ("FC501", 1)]),
        ("a: 1 #fishcompile:ignore[FC501]no space", [("FC501", 1)]),
        ("a: 1  # as in the paper  # fishcompile: ignore[FC501]\n", [("FC501", 1)]),
        ("# fishcompile: ignore[FC501] why\na: 1\n", [("FC501", 2)]),
        ("  # fishcompile: ignore[FC501]\n# more\n# fishcompile: ignore[FC402]\na: 1\n",
         [("FC402", 4), ("FC501", 4)]),
        ("a: 1  # fishcompile: ignore[FC501]\r\nb: 1  # fishcompile: ignore[FC502]\r\n",
         [("FC501", 1), ("FC502", 2)]),
        ("a: |  # fishcompile: ignore[FC501]\n  text\n", [("FC501", 1)]),
        ("a: |\n  text\n# fishcompile: ignore[FC501]\nb: 1\n", [("FC501", 4)]),
        ("a: {b: 'x # y'}  # fishcompile: ignore[FC501]\n", [("FC501", 1)]),
        ("a: [1, # fishcompile: ignore[FC501]\n  2]\n", [("FC501", 1)]),
    ],
)  # fmt: skip
def test_an_ignore_holds_for_its_line_or_the_next(
    text: str, expected: list[tuple[str, int]]
) -> None:
    assert held(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "a: 'b # fishcompile: ignore[FC501]'\n",
        'a: "b # fishcompile: ignore[FC501]"\n',
        '"k # fishcompile: ignore[FC501]": 1\n',
        "a: |\n  b\n  # fishcompile: ignore[FC501]\n",
        "a: >\n  # fishcompile: ignore[]\n  b\n",
        "a: 'b\n  # fishcompile: ignore[FC501]\n  c'\n",
        "a: b# fishcompile: ignore[FC501]\n",
        "a: 1  # made with fishcompile, ignore[FC501]\n",
        "a: {  # fishcompile: ignore[FC501]\n",  # no YAML, so no comment either
    ],
)
def test_text_is_no_comment(text: str) -> None:
    assert held(text) == []


NOT_UNDERSTOOD = ("write `# fishcompile: ignore[FC501] reason`",)
UNBUILT = ("mend what it reports",)


@pytest.mark.parametrize(
    ("comment", "columns", "message", "help_"),
    [
        ("# fishcompile: ignore", (7, 28), "this comment is not understood", NOT_UNDERSTOOD),
        ("# fishcompile ignore[FC501]", (7, 34), "this comment is not understood", NOT_UNDERSTOOD),
        ("# fishcompile: noqa", (7, 26), "this comment is not understood", NOT_UNDERSTOOD),
        ("# Fishcompile: Ignore[FC501]", (7, 35), "this comment is not understood", NOT_UNDERSTOOD),
        (
            "# fishcompile: ignore[] all",
            (7, 30),
            "an ignore without rule ids would hide everything",
            ("name what it is for: write `# fishcompile: ignore[FC501] reason`",),
        ),
        (
            "# fishcompile: ignore[FC302] fine",
            (29, 34),
            "FC302 cannot be ignored: such a spec cannot be built",
            UNBUILT,
        ),
        (
            "# fishcompile: ignore[ FC901]",
            (30, 35),
            "FC901 cannot be ignored by a comment",
            ("use `--ignore FC901`",),
        ),
        (
            "# fishcompile: ignore[FC5]",
            (29, 32),
            "`FC5` is a family of rules",
            ("name each rule in full, such as FC501",),
        ),
        (
            "# fishcompile: ignore[fc501]",
            (29, 34),
            "no rule has the id `fc501`",
            ("did you mean `FC501`?",),
        ),
        (
            "# fishcompile: ignore[averaging]",
            (29, 38),
            "no rule has the id `averaging`",
            ("did you mean `FC505`?",),
        ),
    ],
)
def test_what_cannot_hold_is_refused(
    comment: str, columns: tuple[int, int], message: str, help_: tuple[str, ...]
) -> None:
    assert refused(f"a: 1  {comment}\n") == [(1, *columns, message, help_)]


def test_of_several_ids_the_good_ones_hold() -> None:
    ignores, malformed = read_ignores(
        Source("net.yaml", "a: 1  # fishcompile: ignore[FC501, FC1O1]\n")
    )
    assert [(i.rule, i.line) for i in ignores] == [("FC501", 1)]
    assert [place(d) for d in malformed] == [(1, 36, 41)]


@pytest.mark.parametrize(
    ("text", "ignores", "malformed"),
    [
        ("# fishcompile: ignore[FC501]\n" * 30_000 + "a: 1\n", 30_000, 0),
        ("a: 1 " + "# fishcompile: ignore[FC501] " * 30_000, 30_000, 0),
        ("a: '" + "# fishcompile: ignore[FC501] " * 30_000 + "'", 0, 0),
        ("a: [" + "'# fishcompile: ignore[FC501]', " * 30_000 + "]", 0, 0),
        ("a: 1  # fishcompile: ignore[" + "x," * 400_000 + "]", 0, 100),
        ("a: 1  " + "# fishcompile: ignore[ " * 30_000, 0, 100),
    ],
    ids=["lines", "one-line", "one-text", "texts", "ids", "open"],
)
def test_hostile_texts_end_and_are_not_reported_without_end(
    text: str, ignores: int, malformed: int
) -> None:
    found = read_ignores(Source("net.yaml", text))
    assert (len(found[0]), len(found[1])) == (ignores, malformed)
