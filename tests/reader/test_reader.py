"""The reader: values, the place of every key and value, and what it refuses, by both parsers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fishcompile.diagnostics.finding import Diagnostic, SpecError
from fishcompile.reader import read as reader
from fishcompile.reader.read import UnreadableError, read_bytes, read_file, read_text
from fishcompile.reader.tree import walk

if TYPE_CHECKING:
    import pathlib

    from fishcompile.diagnostics.source import Span


@pytest.fixture(params=["CSafeLoader", "SafeLoader"], autouse=True)
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    name: str = request.param
    if not hasattr(yaml, name):
        pytest.skip("PyYAML was built without libyaml")
    monkeypatch.setattr(reader, "_LOADER", getattr(yaml, name))
    return name


def refused(text: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(SpecError) as caught:
        read_text(text, "x.yaml")
    return caught.value.report.diagnostics


def brief(*diagnostics: Diagnostic) -> list[tuple[str, int, int, str]]:
    return [(d.rule, d.span.line, d.span.column, d.message) for d in diagnostics]


def extent(span: Span) -> tuple[int, int, int, int]:
    return span.line, span.column, span.end_line, span.end_column


def test_values() -> None:
    text = 'a: 1\nb: [x, "2", ~, {c: 1e-5}]\n"d e":\n  - on\n  - \'true\'\n  -\nf: |\n  g\n  h\n'
    assert read_text(text, "x.yaml").value == {
        "a": 1,
        "b": ["x", "2", None, {"c": 1e-5}],
        "d e": ["on", "true", None],
        "f": "g\nh\n",
    }


def test_every_value_has_its_place() -> None:
    tree = read_text("a: {b: [1, {c: 2}]}\nd:\n- e: 1\n  f:\n- [g: 1]\n", "x.yaml")
    assert {path for path, _ in walk(tree.value)} == set(tree.places)


@pytest.mark.parametrize(
    ("text", "path", "key", "value"),
    [
        pytest.param("a: 12", ("a",), (1, 1, 1, 2), (1, 4, 1, 6), id="no final line break"),
        pytest.param("a: 12 # c\n", ("a",), (1, 1, 1, 2), (1, 4, 1, 6), id="comment"),
        pytest.param("a: 1\r\nb: 23\r\n", ("b",), (2, 1, 2, 2), (2, 4, 2, 6), id="crlf"),
        pytest.param("a: 1\rb: 23\r", ("b",), (2, 1, 2, 2), (2, 4, 2, 6), id="lone cr"),
        pytest.param("\ufeffa: 12", ("a",), (1, 1, 1, 2), (1, 4, 1, 6), id="bom"),
        pytest.param("鱼: 𝒳y\n", ("鱼",), (1, 1, 1, 2), (1, 4, 1, 6), id="wide"),
        pytest.param("a:\nb: 1\n", ("a",), (1, 1, 1, 2), (1, 3, 1, 3), id="nothing written"),
        pytest.param('"a": "x\n  y"\n', ("a",), (1, 1, 1, 4), (1, 6, 2, 5), id="two lines"),
        pytest.param("a: |\n  x\n  y\n\n\n# c\nb: 1", ("a",), (1, 1, 1, 2), (1, 4, 3, 4), id="|"),
        pytest.param("a: >-\n  x", ("a",), (1, 1, 1, 2), (1, 4, 2, 4), id=">-"),
        pytest.param("a: |\nb: 1", ("a",), (1, 1, 1, 2), (1, 4, 1, 5), id="| of nothing"),
        pytest.param(
            "a:\n  b: 1\n  c:\n    d: 2 # e\n\nf: 3\n",
            ("a",),
            (1, 1, 1, 2),
            (2, 3, 4, 9),
            id="block",
        ),
        pytest.param("a:\n- 1\n- b: 2\n\nc: 1", ("a",), (1, 1, 1, 2), (2, 1, 3, 7), id="items"),
        pytest.param("a:\n- 1\n- b: 2\n\nc: 1", ("a", 1), None, (3, 3, 3, 7), id="item"),
        pytest.param("a: {b: 1,\n c: 2} # d\n", ("a",), (1, 1, 1, 2), (1, 4, 2, 7), id="flow"),
        pytest.param("a: [b: 1 , 2]", ("a", 0), None, (1, 5, 1, 9), id="pair in a list"),
        pytest.param("a: &x 12", ("a",), (1, 1, 1, 2), (1, 7, 1, 9), id="anchored"),
        pytest.param(
            "a: {b: &x , c: 1}", ("a", "b"), (1, 5, 1, 6), (1, 10, 1, 10), id="anchor only"
        ),
        pytest.param(
            "a: &x\n  b: 1\nc: 1", ("a",), (1, 1, 1, 2), (2, 3, 2, 7), id="anchored block"
        ),
        pytest.param(
            "a: &x # c\n  {b: 1}", ("a",), (1, 1, 1, 2), (1, 4, 2, 9), id="anchor, comment"
        ),
        pytest.param("? a\n: 1\n", ("a",), (1, 3, 1, 4), (2, 3, 2, 4), id="explicit key"),
        pytest.param("# c\n\na: 1\nb: [2]\n\n", (), None, (3, 1, 4, 7), id="root"),
    ],
)
def test_places(
    text: str,
    path: tuple[str | int, ...],
    key: tuple[int, int, int, int] | None,
    value: tuple[int, int, int, int],
) -> None:
    place = read_text(text, "x.yaml").places[path]
    assert (place.key and extent(place.key), extent(place.value)) == (key, value)


def test_an_alias_has_its_own_place_and_below_it_the_anchored_text() -> None:
    tree = read_text("a: &x {b: [1, 2]}\nc: *x\nd: [*x]\n", "x.yaml")
    assert tree.value == {"a": {"b": [1, 2]}, "c": {"b": [1, 2]}, "d": [{"b": [1, 2]}]}
    assert extent(tree.places["a",].value) == (1, 7, 1, 18)
    assert extent(tree.places["c",].value) == (2, 4, 2, 6)
    assert extent(tree.places["d", 0].value) == (3, 5, 3, 7)
    for path in (("a", "b"), ("c", "b"), ("d", 0, "b")):
        assert extent(tree.key_span(path)) == (1, 8, 1, 9)
        assert extent(tree.value_span((*path, 1))) == (1, 15, 1, 16)


def test_aliased_values_are_not_shared() -> None:
    value = read_text("a: &x [1]\nb: *x\n", "x.yaml").value
    assert value["a"] is not value["b"]


def test_an_anchor_written_again_names_the_later_value() -> None:
    text = "a: &x 1\nb: [*x, &x 2, *x]\nc: *x\n&k d: *k\n"
    assert read_text(text, "x.yaml").value == {"a": 1, "b": [1, 2, 2], "c": 2, "d": "d"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("FC101", 1, 1, "the file is empty; a spec begins with `fishspec: 2`")),
        ("# c\n---\n", ("FC101", 1, 1, "the file is empty; a spec begins with `fishspec: 2`")),
        (
            "\n- a\n",
            ("FC101", 2, 1, "a spec is a mapping of keys to values, and this is a list"),
        ),
        ("~", ("FC101", 1, 1, "a spec is a mapping of keys to values, and this is a single value")),
        ("'': 1\n'': 2", ("FC102", 2, 1, "the key `` is written twice")),
        ("a:\n  <<: {b: 1}\n", ("FC103", 2, 3, "merge keys (`<<`) are not supported")),
        ("a: !!str 1\n", ("FC103", 1, 4, "tags (`!!str`) are not supported")),
        ("a: ! 1\n", ("FC103", 1, 4, "tags (`!`) are not supported")),
        ("a: &x !y {b: 1}\n", ("FC103", 1, 7, "tags (`!y`) are not supported")),
        ("!!map\na: 1\n", ("FC103", 1, 1, "tags (`!!map`) are not supported")),
        ("!!str a: 1\n", ("FC103", 1, 1, "tags (`!!str`) are not supported")),
        ("%YAML 1.1\n---\na: 1\n", ("FC103", 1, 1, "the directive `%YAML` is not supported")),
        (
            "%YAML 1.2\n%TAG ! x\n---\na: 1\n",
            ("FC103", 2, 1, "the directive `%TAG` is not supported"),
        ),
        ("%YAML 2.0\n---\na: 1\n", ("FC101", 1, 1, "only YAML 1.2 is read")),
        (
            "a: &x [*x]\n",
            ("FC103", 1, 8, "the alias `*x` stands inside the value it names"),
        ),
        ("a: *x\n", ("FC101", 1, 4, "unknown alias `*x`: no anchor `&x` stands before it")),
        ("1: 2\n", ("FC112", 1, 1, "keys are names, and `1` is a number")),
        ("a: {.nan: 2}\n", ("FC112", 1, 5, "keys are names, and `.nan` is a number")),
        ("true: 2\n", ("FC112", 1, 1, "keys are names, and `true` is a bool")),
        ("~: 2\n", ("FC112", 1, 1, "keys are names, and `~` is null")),
        ("?\n: 2\n", ("FC112", 1, 2, "a key is missing before the `:`")),
        ("? [a]\n: 2\n", ("FC112", 1, 3, "keys are names, not aliases, lists or mappings")),
        ("a: &x b\n*x : 2\n", ("FC112", 2, 1, "keys are names, not aliases, lists or mappings")),
        ("a: [.nan]\n", ("FC105", 1, 5, "numbers are finite, and this is `.nan`")),
        (
            "a: 1\nb: 1e400\n",
            ("FC105", 2, 4, "numbers are finite, and this one overflows to infinity"),
        ),
    ],
)
def test_one_finding(text: str, expected: tuple[str, int, int, str]) -> None:
    assert brief(*refused(text)) == [expected]


@pytest.mark.parametrize(
    "text", ["'<<': 1\n", "on: 1\nyes: 2\n", "%YAML 1.2 # c\n---\na: 1\n...\n"]
)
def test_what_looks_like_it_may_stand(text: str) -> None:
    assert read_text(text, "x.yaml").source.text == text


def test_duplicate_keys_are_all_found_each_with_the_first_place() -> None:
    diagnostics = refused("a: 1\nb: {c: 1, c: 2}\na: 2\n'a': .inf\n")
    assert brief(*diagnostics) == [
        ("FC102", 2, 11, "the key `c` is written twice"),
        ("FC102", 3, 1, "the key `a` is written twice"),
        ("FC102", 4, 1, "the key `a` is written twice"),
        ("FC105", 4, 6, "numbers are finite, and this is `.inf`"),
    ]
    related = [[(extent(r.span), r.message) for r in d.related] for d in diagnostics]
    assert related == [
        [((2, 5, 2, 6), "first written here")],
        [((1, 1, 1, 2), "first written here")],
        [((1, 1, 1, 2), "first written here")],
        [],
    ]


def test_findings_before_a_syntax_error_are_kept() -> None:
    assert brief(*refused("a: 1\na: 2\nb: ]\n")) == [
        ("FC102", 2, 1, "the key `a` is written twice"),
        ("FC101", 3, 4, "a key or value is missing before this"),
    ]


def test_a_second_document_names_the_first() -> None:
    (found,) = refused("a: 1\n---\nb: [\n")
    message = "a second document begins here, and a file holds one spec"
    assert brief(found) == [("FC103", 2, 1, message)]
    assert [(str(r.span), r.message) for r in found.related] == [
        ("x.yaml:1:1", "the first begins here")
    ]


@pytest.mark.parametrize(
    ("text", "line", "column", "message", "related"),
    [
        ("a: b: c", 1, 5, "a `:` is not expected here", None),
        (
            "a: 1\n b: 2",
            2,
            2,
            "this is indented by 1 space, and the entries beside it are by 0",
            None,
        ),
        ("a: - b", 1, 4, "a list item is not expected here", None),
        (
            "a: [1, 2\nb: 3",
            2,
            2,
            "expected `,` or the `]` that closes the list",
            ((1, 4, 1, 5), "the list begins here"),
        ),
        (
            "a: {b: 1\nc: 2",
            2,
            2,
            "expected `,` or the `}` that closes the mapping",
            ((1, 4, 1, 5), "the mapping begins here"),
        ),
        (
            "a:\n  b: 1\n c: 2",
            3,
            2,
            "this is indented by 1 space, and the entries beside it are by 2",
            None,
        ),
        (
            "a: 'b' c: d",
            1,
            8,
            "this cannot follow what stands before it on the line",
            ((1, 1, 1, 2), "the mapping begins here"),
        ),
        (
            "a: 1\nb\nc: 2",
            2,
            1,
            "this key has no `:`",
            None,
        ),
        (
            "a: 'x",
            1,
            6,
            "the quoted text is not closed",
            ((1, 4, 1, 5), "the quoted text begins here"),
        ),
        ("a: @x", 1, 4, "this character cannot begin a value", None),
        ("a: ]", 1, 4, "a key or value is missing before this", None),
        ("{a: 1}}", 1, 7, "this stands outside the document", None),
        ("a: !x!y z", 1, 4, "this tag cannot be read, and tags mean nothing here", None),
        (
            "a: &\n",
            1,
            5,
            "an anchor or alias needs a name",
            ((1, 4, 1, 5), "the anchor begins here"),
        ),
    ],
)
def test_syntax_errors_in_plain_words(
    text: str,
    line: int,
    column: int,
    message: str,
    related: tuple[tuple[int, int, int, int], str] | None,
) -> None:
    (found,) = refused(text)
    assert brief(found) == [("FC101", line, column, message)]
    assert [(extent(r.span), r.message) for r in found.related] == ([related] if related else [])


def test_a_tab_in_the_indentation_is_named() -> None:
    (found,) = refused("a:\n\tb: 1\n")
    assert brief(found) == [("FC101", 2, 1, "a tab may not stand here")]
    assert found.help == ("YAML is indented with spaces, and line 2 is indented with a tab",)


def test_a_bad_byte_has_its_place(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: \xe9\xb1\xbc\xff\n")
    with pytest.raises(UnreadableError) as caught:
        read_file(path, "shown.yaml")
    (found,) = caught.value.report.diagnostics
    message = "the file is not UTF-8: byte 0xff at offset 15"
    assert brief(found) == [("FC100", 2, 5, message)]
    assert str(found.span) == "shown.yaml:2:5"
    assert found.span.source.line(2) == "b: 鱼\ufffd"


def test_a_file_is_read_without_its_byte_order_mark(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: \xe9\xb1\xbc\r\n")
    tree = read_file(path, "x.yaml")
    assert (tree.value, tree.source.text) == ({"a": "鱼"}, "a: 鱼\r\n")
    assert read_bytes(path.read_bytes(), "x.yaml") == tree


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none.yaml", "the file cannot be read: No such file or directory"),
        ("folder", "this is a directory, not a file"),
        ("nul\0", "the file cannot be read: embedded null byte"),
        ("x" * 300, "the file cannot be read: File name too long"),
    ],
)
def test_unreadable_files(tmp_path: pathlib.Path, name: str, message: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(UnreadableError) as caught:
        read_file(tmp_path / name, "x.yaml")
    assert brief(*caught.value.report.diagnostics) == [("FC100", 1, 1, message)]


YAML_CHARACTERS = st.sampled_from(
    [
        *"aab01:- \n,[]{}&*!|>'\"#%?~<.\\",
        "  ",
        ": ",
        "- ",
        "\n  ",
        "\r\n",
        "\r",
        "\t",
        "---\n",
        "鱼",
        "𝒳",
    ]
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(), st.lists(YAML_CHARACTERS, max_size=40).map("".join)))
@example('a: "\\UFFFFFFFF"')
@example("%YAML 1." + "1" * 5000 + "\n---\na: 1\n")
@example("!%ff a")
@example('a: "\\ud800"')
def test_any_text_gives_a_tree_or_a_spec_error_with_spans_inside_it(text: str) -> None:
    spans: list[Span] = []
    try:
        tree = read_text(text, "x.yaml")
    except SpecError as error:
        for diagnostic in error.report.diagnostics:
            spans += [diagnostic.span, *(related.span for related in diagnostic.related)]
    else:
        assert {path for path, _ in walk(tree.value)} == set(tree.places)
        for place in tree.places.values():
            spans += [place.value] if place.key is None else [place.key, place.value]
    assert spans
    for span in spans:
        lines = span.source.lines
        assert 1 <= span.line <= span.end_line <= len(lines)
        assert 1 <= span.column <= len(lines[span.line - 1]) + 1
        assert 1 <= span.end_column <= len(lines[span.end_line - 1]) + 1
        assert (span.line, span.column) <= (span.end_line, span.end_column)
