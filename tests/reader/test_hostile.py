"""Files made to exhaust or to confuse: each is refused at its place, after bounded work."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
import yaml

from fishcompile.diagnostics.finding import Diagnostic, SpecError
from fishcompile.diagnostics.source import Source
from fishcompile.formats.text import render
from fishcompile.reader import read as reader
from fishcompile.reader.read import MAX_BYTES, UnreadableError, read_bytes, read_file, read_text

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterator

# The bomb of 201 bytes: six levels of nine, some 600,000 values.
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{below}'] * 9)}]\n"
    for below, name in zip("abcde", "bcdef", strict=True)
)
DEEP = "values are nested deeper than 32 levels"
MANY = "the spec has more than 80,000 values, aliases expanded"


@pytest.fixture(params=["CSafeLoader", "SafeLoader"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    name: str = request.param
    if not hasattr(yaml, name):
        pytest.skip("PyYAML was built without libyaml")
    monkeypatch.setattr(reader, "_LOADER", getattr(yaml, name))
    return name


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[yaml.Event]:
    """The events that the parser was asked for, one for each value, key and bracket it came by."""
    found: list[yaml.Event] = []
    events = reader.events

    def noted(source: Source) -> Iterator[yaml.Event]:
        for event in events(source):
            found.append(event)
            yield event

    monkeypatch.setattr(reader, "events", noted)
    return found


def brief(*diagnostics: Diagnostic) -> list[tuple[str, int, int, str]]:
    return [(d.rule, d.span.line, d.span.column, d.message) for d in diagnostics]


def test_the_bomb_is_the_one_that_is_meant() -> None:
    assert len(BOMB) == 201


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(BOMB, ("FC104", 6, 8, MANY), id="alias bomb"),
        pytest.param("[" * 100_000, ("FC104", 1, 33, DEEP), id="100,000 brackets"),
        pytest.param("- " * 100_000, ("FC104", 1, 65, DEEP), id="100,000 dashes"),
        pytest.param(
            "".join(" " * depth + "a:\n" for depth in range(200)),
            ("FC104", 33, 33, DEEP),
            id="deep blocks",
        ),
        pytest.param(
            "a: &a " + "[" * 20 + "]" * 20 + "\nb: " + "[" * 12 + "*a" + "]" * 12,
            ("FC104", 2, 16, DEEP),
            id="deep through an alias",
        ),
        pytest.param("a: [" + "1," * 300_000 + "]", ("FC104", 1, 160_001, MANY), id="300k scalars"),
        pytest.param(
            "a: " + "1" * 5000,
            ("FC105", 1, 4, "integers have at most 18 digits, and this one has 5,000"),
            id="5,000 digits",
        ),
        pytest.param(
            "a: 1\nb: .nan", ("FC105", 2, 4, "numbers are finite, and this is `.nan`"), id="nan"
        ),
        pytest.param(
            "a: 1\n" + "b" * 129 + ": 1",
            ("FC104", 2, 1, "the key has 129 characters, and a key at most 128"),
            id="long key",
        ),
        pytest.param(
            "a: &a\n  b: *a",
            ("FC103", 2, 6, "the alias `*a` stands inside the value it names"),
            id="alias inside its anchor",
        ),
        pytest.param(
            "a: 1\nb: x\x85c: 2",
            ("FC103", 2, 5, "U+0085 (NEL) breaks lines in YAML 1.1 but not in YAML 1.2"),
            id="NEL",
        ),
        pytest.param(
            "a: 1 # \u2028b: 2",
            ("FC103", 1, 8, "U+2028 (line separator) breaks lines in YAML 1.1 but not in YAML 1.2"),
            id="LS",
        ),
        pytest.param(
            "a: '\u2029'",
            (
                "FC103",
                1,
                5,
                "U+2029 (paragraph separator) breaks lines in YAML 1.1 but not in YAML 1.2",
            ),
            id="PS",
        ),
        pytest.param(
            "a: \x00",
            ("FC101", 1, 4, "the control character U+0000 may not stand in YAML"),
            id="NUL",
        ),
        pytest.param(
            "a: x\r\nb: \x1b[31m",
            ("FC101", 2, 4, "the control character U+001B may not stand in YAML"),
            id="escape",
        ),
        pytest.param(
            "a: \ud800",
            ("FC101", 1, 4, "U+D800 is half of a surrogate pair, not a character"),
            id="lone surrogate",
        ),
        pytest.param(
            "\ufeff\ufeffa: 1",
            ("FC101", 1, 1, "U+FEFF (byte-order mark) may only begin the file"),
            id="second byte-order mark",
        ),
    ],
)
@pytest.mark.usefixtures("parser")
def test_hostile_text(
    taken: list[yaml.Event], text: str, expected: tuple[str, int, int, str]
) -> None:
    with pytest.raises(SpecError) as caught:
        read_text(text, "x.yaml")
    # 80,000 values, and what opens before the first of them
    assert len(taken) <= (80_010 if expected[3] == MANY else 100)
    assert brief(*caught.value.report.diagnostics) == [expected]


def test_limits_are_reached_but_not_passed() -> None:
    depth = "a: " + "[" * 31 + "]" * 31
    assert read_text(depth, "x.yaml").value["a"] is not None
    assert read_text("a" * 128 + ": 1", "x.yaml").value == {"a" * 128: 1}
    # The root, the list, and one value each; a key counts with its value.
    many = read_text("a: [" + "1," * 79_998 + "]", "x.yaml")
    assert len(many.places) == 80_000


@pytest.mark.parametrize("separator", ["\n", ","], ids=["block", "flow"])
def test_reading_stops_after_a_hundred_findings(taken: list[yaml.Event], separator: str) -> None:
    entries = separator.join(["a: 1"] * 150_000)
    with pytest.raises(SpecError) as caught:
        read_text(f"{{{entries}}}" if separator == "," else entries, "x.yaml")
    assert len(render(caught.value.report).splitlines()) > 100
    assert len(taken) <= 210  # a hundred keys and their values, and the first of each
    *duplicates, last = brief(*caught.value.report.diagnostics)
    assert [rule for rule, *_ in duplicates] == ["FC102"] * 100
    assert (last[0], last[3]) == ("FC104", "reading stops after 100 findings")


def test_half_a_surrogate_pair_by_escape_never_becomes_a_value(parser: str) -> None:
    with pytest.raises(SpecError) as caught:
        read_text('a: "\\ud800"', "x.yaml")
    expected = {
        "CSafeLoader": ("FC101", 1, 7, "unknown escape in a double-quoted text"),
        "SafeLoader": ("FC101", 1, 4, "an escape names half of a surrogate pair"),
    }
    assert brief(*caught.value.report.diagnostics) == [expected[parser]]


@pytest.mark.parametrize("text", ['a: "\\UFFFFFFFF"', f"%YAML 1.{'1' * 5000}\n---\na: 1"])
def test_numbers_in_the_syntax_itself(parser: str, text: str) -> None:
    with pytest.raises(SpecError) as caught:
        read_text(text, "x.yaml")
    (found,) = brief(*caught.value.report.diagnostics)
    c_parser = {
        "a": ("FC101", 1, 7, "unknown escape in a double-quoted text"),
        "%": ("FC101", 1, 18, "only YAML 1.2 is read"),
    }
    pure = ("FC101", 1, 1, "a number in an escape or a directive is too large")
    assert found == (c_parser[text[0]] if parser == "CSafeLoader" else pure)


def test_a_file_of_two_mebibytes(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"#" * 2 * MAX_BYTES)
    with pytest.raises(UnreadableError) as caught:
        read_file(path, "x.yaml")
    message = "the file has 2,097,152 bytes, and a spec at most 1,048,576"
    assert brief(*caught.value.report.diagnostics) == [("FC100", 1, 1, message)]


def test_bytes_past_the_limit() -> None:
    with pytest.raises(UnreadableError) as caught:
        read_bytes(b"#" * (MAX_BYTES + 1), "-")
    message = "the file has 1,048,577 bytes, and a spec at most 1,048,576"
    assert brief(*caught.value.report.diagnostics) == [("FC100", 1, 1, message)]
    assert read_bytes(b"a: 1\n" + b"#" * (MAX_BYTES - 5), "-").value == {"a": 1}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs FIFOs")
def test_a_fifo_is_refused_without_waiting_for_a_writer(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "x.yaml"
    os.mkfifo(path)
    with pytest.raises(UnreadableError) as caught:
        read_file(path, "x.yaml")
    expected = [("FC100", 1, 1, "this is not a regular file")]
    assert brief(*caught.value.report.diagnostics) == expected


def test_a_device_behind_a_link_is_refused(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "x.yaml"
    path.symlink_to("/dev/zero")
    with pytest.raises(UnreadableError) as caught:
        read_file(path, "x.yaml")
    expected = [("FC100", 1, 1, "this is not a regular file")]
    assert brief(*caught.value.report.diagnostics) == expected
