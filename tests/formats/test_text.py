"""Diagnostics as text: the whole block, character by character."""

from __future__ import annotations

import textwrap
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcompile.diagnostics.finding import Diagnostic, Related, Report, SpecError, fail, report
from fishcompile.diagnostics.source import Source, Span
from fishcompile.formats._snippets import render_diagnostic, visible
from fishcompile.formats.text import render


def spanned(source: Source, line: int, text: str) -> Span:
    """The first place of `text` on a line."""
    column = source.line(line).index(text) + 1
    return Span(source, line, column, line, column + len(text))


def expect(diagnostic: Diagnostic, expected: str, width: int = 100) -> None:
    assert render_diagnostic(diagnostic, width=width) == textwrap.dedent(expected).strip("\n")


def test_one_span_with_label_notes_and_help() -> None:
    source = Source("specs/x.yaml", "a: 1\n" * 30 + "  body: {k: 2}\n")
    expect(
        Diagnostic(
            "FC302",
            "512 is not divisible by 3",
            spanned(source, 31, "k: 2"),
            label="k is 2",
            notes=("trunk     a -> b   512\ntransfer  c -> b   256", "from `a`"),
            help=("set `k: 4`", "set `k: 8`"),
        ),
        """
        error[FC302]: 512 is not divisible by 3
          --> specs/x.yaml:31:10
           |
        31 |   body: {k: 2}
           |          ^^^^ k is 2
           |
           = note: trunk     a -> b   512
                   transfer  c -> b   256
           = note: from `a`
           = help: set `k: 4`
           = help: set `k: 8`
           = explain: fishcompile explain FC302
        """,
    )


def test_spans_of_one_file_in_the_order_of_lines() -> None:
    source = Source("x.yaml", "\n" * 7 + "a: 64\nb: 32\n\nc: 96\n")
    expect(
        Diagnostic(
            "FC301",
            "channels differ",
            spanned(source, 11, "96"),
            related=(
                Related(spanned(source, 9, "32"), "b has 32"),
                Related(spanned(source, 8, "64"), "a has 64"),
            ),
        ),
        """
        error[FC301]: channels differ
          --> x.yaml:11:4
           |
         8 | a: 64
           |    -- a has 64
         9 | b: 32
           |    -- b has 32
           :
        11 | c: 96
           |    ^^
           |
           = explain: fishcompile explain FC301
        """,
    )


def test_spans_of_one_line_share_it() -> None:
    source = Source("x.yaml", "{a: 1, a: 2}")
    expect(
        Diagnostic(
            "FC102",
            "the key `a` is written twice",
            Span(source, 1, 8, 1, 9),
            related=(Related(Span(source, 1, 2, 1, 3), "first written here"),),
        ),
        """
        error[FC102]: the key `a` is written twice
         --> x.yaml:1:8
          |
        1 | {a: 1, a: 2}
          |  - first written here
          |        ^
          |
          = explain: fishcompile explain FC102
        """,
    )


def test_a_span_of_another_file_has_a_block_of_its_own() -> None:
    variant, base = (
        Source("v.yaml", "extends: base.yaml\n"),
        Source("base.yaml", "\n" * 11 + "a: 1"),
    )
    expect(
        Diagnostic(
            "FC120",
            "the base does not hold",
            spanned(variant, 1, "base.yaml"),
            severity="warning",
            related=(Related(spanned(base, 12, "1"), "this value"),),
        ),
        """
        warning[FC120]: the base does not hold
          --> v.yaml:1:10
           |
         1 | extends: base.yaml
           |          ^^^^^^^^^
          ::: base.yaml:12:4
           |
        12 | a: 1
           |    - this value
           |
           = explain: fishcompile explain FC120
        """,
    )


@pytest.mark.parametrize(
    ("text", "line", "span", "shown"),
    [
        pytest.param("\ta:\tb", 1, "b", "1 |     a:    b\n  |           ^", id="tab before"),
        pytest.param("a:\tb", 1, "a:\tb", "1 | a:    b\n  | ^^^^^^^", id="tab inside"),
        pytest.param("a: 鱼头 # 鱼尾", 1, "头", "1 | a: 鱼头 # 鱼尾\n  |      ^^", id="wide"),
        pytest.param("鱼: ｘy", 1, "y", "1 | 鱼: ｘy\n  |       ^", id="full width"),
        pytest.param("e\u0301a: b", 1, "b", "1 | e\u0301a: b\n  |     ^", id="combining mark"),
        pytest.param(
            "e" + "\u0301" * 6,
            1,
            "e",
            "1 | e" + "\u0301" * 4 + "\\u0301" * 2 + "\n  | ^",
            id="stack",
        ),
        pytest.param("a: 1\r\nb: 2\r\n", 2, "2", "2 | b: 2\n  |    ^", id="crlf"),
        pytest.param("a: 1\rb: 2\r", 2, "2", "2 | b: 2\n  |    ^", id="lone cr"),
        pytest.param("a: 1\nb: 2", 2, "2", "2 | b: 2\n  |    ^", id="last line without line break"),
        pytest.param("\ufeffa: 1", 1, "1", "1 | \\ufeffa: 1\n  |          ^", id="byte-order mark"),
        pytest.param("\x1b[2Ja", 1, "a", "1 | \\x1b[2Ja\n  |        ^", id="escape"),
        pytest.param("\x1ba", 1, "\x1b", "1 | \\x1ba\n  | ^^^^", id="escape marked"),
        pytest.param("\u202ea", 1, "a", "1 | \\u202ea\n  |       ^", id="bidirectional"),
        pytest.param(
            "\u2066\u200b", 1, "\u200b", "1 | \\u2066\\u200b\n  |       ^^^^^^", id="zero width"
        ),
        pytest.param("\x85\u2028a", 1, "a", "1 | \\x85\\u2028a\n  |           ^", id="separators"),
        pytest.param("\xa0a", 1, "a", "1 | \\xa0a\n  |     ^", id="no-break space"),
        pytest.param("\U000e0041a", 1, "a", "1 | \\U000e0041a\n  |           ^", id="tag letter"),
        pytest.param("\ud800a", 1, "a", "1 | \\ud800a\n  |       ^", id="surrogate"),
    ],
)
def test_carets_stand_under_what_is_drawn(text: str, line: int, span: str, shown: str) -> None:
    lines = render_diagnostic(
        Diagnostic("FC112", "m", spanned(Source("x.yaml", text), line, span))
    ).splitlines()
    assert "\n".join(lines[3:5]) == shown


@pytest.mark.parametrize(
    ("text", "extent", "shown"),
    [
        pytest.param("a:", (1, 3, 1, 3), "1 | a:\n  |   ^", id="nothing written"),
        pytest.param("a: [1,\n 2]", (1, 4, 2, 4), "1 | a: [1,\n  |    ^^^", id="two lines"),
        pytest.param("a: |\n  b\n", (1, 4, 3, 1), "1 | a: |\n  |    ^", id="to a line's start"),
        pytest.param("a: 1\n", (2, 1, 2, 1), "2 |\n  | ^", id="end of the text"),
        pytest.param("a: 1\n", (9, 9, 9, 9), "9 |\n  | ^", id="past the end"),
    ],
)
def test_spans_without_a_plain_stretch(
    text: str, extent: tuple[int, int, int, int], shown: str
) -> None:
    span = Span(Source("x.yaml", text), *extent)
    lines = render_diagnostic(Diagnostic("FC112", "m", span)).splitlines()
    assert "\n".join(lines[3:5]) == shown


LONG = "a: [" + ", ".join(str(number) for number in range(100, 140)) + "]"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a", "1 | a: [100, 101, 102, 103, 104, 1...\n  | ^"),
        ("120", "1 | ...7, 118, 119, 120, 121, 122, 12...\n  |                 ^^^"),
        ("139", "1 | ... 134, 135, 136, 137, 138, 139]\n  |                              ^^^"),
        (LONG[60:], "1 | ...11, 112, 113, 114, 115, 116, 1...\n  |    " + "^" * 33),
    ],
)
def test_a_long_line_is_cut_around_the_span(text: str, shown: str) -> None:
    source = Source("x.yaml", LONG)
    found = render_diagnostic(Diagnostic("FC112", "m", spanned(source, 1, text)), width=40)
    assert "\n".join(found.splitlines()[3:5]) == shown
    assert max(map(len, shown.splitlines())) <= 40


def test_a_long_line_of_wide_characters() -> None:
    span = Span(Source("x.yaml", "鱼" * 100), 1, 50, 1, 52)
    found = render_diagnostic(Diagnostic("FC112", "m", span), width=40)
    assert found.splitlines()[3:5] == ["1 | ..." + "鱼" * 15 + "...", "  | " + " " * 15 + "^^^^"]


def test_far_apart_spans_of_a_long_line_have_a_window_each() -> None:
    source = Source("x.yaml", LONG)
    expect(
        Diagnostic(
            "FC102",
            "m",
            spanned(source, 1, "139"),
            related=(Related(spanned(source, 1, "100"), "r"),),
        ),
        """
        error[FC102]: m
         --> x.yaml:1:200
          |
        1 | a: [100, 101, 102, 103, 104, 1...
          |     --- r
        1 | ... 134, 135, 136, 137, 138, 139]
          |                              ^^^
          |
          = explain: fishcompile explain FC102
        """,
        width=40,
    )


def test_hostile_text_cannot_reach_the_terminal() -> None:
    source = Source("x\x1b]0;t\x07\n.yaml", "k\u202e: \x9b31m\n")
    hostile = "a\nerror[FC999]: forged\r\x1b[31m\u2028\u200f"
    expect(
        Diagnostic(
            "FC110",
            hostile,
            spanned(source, 1, "k"),
            label=hostile,
            notes=("a\x1b",),
            help=("b\u2069",),
        ),
        r"""
        error[FC110]: a\x0aerror[FC999]: forged\x0d\x1b[31m\u2028\u200f
         --> x\x1b]0;t\x07\x0a.yaml:1:1
          |
        1 | k\u202e: \x9b31m
          | ^ a\x0aerror[FC999]: forged\x0d\x1b[31m\u2028\u200f
          |
          = note: a\x1b
          = help: b\u2069
          = explain: fishcompile explain FC110
        """,
    )


def test_colour_is_on_severity_message_gutter_and_carets() -> None:
    source = Source("x.yaml", "a: 1\n")
    found = render_diagnostic(
        Diagnostic("FC112", "m", spanned(source, 1, "1"), label="l", severity="warning"), color=True
    )
    assert found.split("\n") == [
        "\x1b[1;33mwarning[FC112]\x1b[0m\x1b[1m: m\x1b[0m",
        " \x1b[1;34m-->\x1b[0m x.yaml:1:4",
        "\x1b[1;34m  |\x1b[0m",
        "\x1b[1;34m1 |\x1b[0m a: 1",
        "\x1b[1;34m  |\x1b[0m    \x1b[1;33m^ l\x1b[0m",
        "\x1b[1;34m  |\x1b[0m",
        "  \x1b[1;34m=\x1b[0m \x1b[1mexplain\x1b[0m: fishcompile explain FC112",
    ]


def test_a_file_without_text_has_no_snippet() -> None:
    span = Span(Source("x.yaml", ""), 1, 1, 1, 1)
    expect(
        Diagnostic("FC100", "the file cannot be read", span),
        """
        error[FC100]: the file cannot be read
         --> x.yaml:1:1
          = explain: fishcompile explain FC100
        """,
    )


def test_a_report_ends_with_what_was_skipped_and_the_counts() -> None:
    source = Source("x.yaml", "a: 1\nb: 2\n")
    first = Diagnostic("FC112", "m", Span(source, 1, 1, 1, 2))
    second = Diagnostic("FC205", "n", Span(source, 2, 1, 2, 2), severity="warning")
    third = Diagnostic("FC206", "n", Span(source, 2, 1, 2, 2), severity="warning")
    assert render(report([third, second, first], skipped=3)) == "\n\n".join(
        [
            render_diagnostic(first),
            render_diagnostic(second),
            render_diagnostic(third),
            "= note: 3 checks downstream skipped (input unknown)\n1 error, 2 warnings",
        ]
    )
    assert render(report([second], skipped=1)).split("\n\n")[1:] == [
        "= note: 1 check downstream skipped (input unknown)\n1 warning"
    ]
    assert render(Report()) == ""


def test_a_spec_error_prints_a_plain_line_a_finding() -> None:
    first = Diagnostic("FC112", "m", Span(Source("x.yaml", "a"), 1, 1, 1, 2))
    second = Diagnostic(
        "FC501", "n", Span(Source("\x1b[2J.yaml", "a"), 1, 1, 1, 2), severity="warning"
    )
    error: SpecError = fail(first, second)
    assert str(error).splitlines() == [
        "\\x1b[2J.yaml:1:1: warning[FC501] n",
        "x.yaml:1:1: error[FC112] m",
    ]


@given(st.text(), st.text(), st.integers(1, 30), st.integers(0, 30), st.integers(0, 90))
def test_no_text_brings_a_terminal_to_do_anything(
    text: str, message: str, column: int, length: int, width: int
) -> None:
    span = Span(Source(message, text), 1, column, 1, column + length)
    found = render_diagnostic(
        Diagnostic("FC112", message, span, label=message, help=(message,)), width=width
    )
    categories = {unicodedata.category(character) for character in found if character not in "\n "}
    assert not categories & {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp", "Zs"}
    # A message cannot add lines, other than those of notes and help, which are indented.
    outside = [line for line in found.split("\n") if line and not line.startswith(" ")]
    assert len(outside) <= 2
    assert visible(message) in outside[0]
