"""What holds for every format: it is found by its file's name, and no text makes it do anything."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcompile.formats import Page, findings
from tests.formats.sample import (
    CHANNELS,
    CLEAN,
    FORMATS,
    HOSTILE,
    MISSING,
    RUN,
    STYLE,
    TYPO,
    hostile_run,
    write,
)

# How GitHub's runner recognises a command in a line of a log.
COMMAND = re.compile(r"^\s*::(?P<name>[^\s:]+)[^:]*(?::[^:]+)*::|##\[")


def test_the_formats_are_the_files_of_the_folder() -> None:
    assert FORMATS == ["concise", "github", "json", "junit", "sarif", "text"]


def test_a_finding_of_a_shared_base_is_one_finding() -> None:
    assert findings(RUN) == [STYLE, TYPO, CHANNELS, MISSING]


def commands(text: str) -> list[str]:
    return [line for line in text.split("\n") if COMMAND.search(line)]


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_no_text_forges_a_command_or_reaches_a_terminal(name: str, text: str) -> None:
    harmless(write(name, hostile_run(text)), name)


@pytest.mark.parametrize("name", FORMATS)
@given(text=st.text())
def test_no_text_at_all(name: str, text: str) -> None:
    harmless(write(name, hostile_run(text)), name)


def harmless(written: str, name: str) -> None:
    written.encode()  # so no surrogate is left
    hidden = {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"}
    assert not hidden & {unicodedata.category(mark) for mark in written if mark != "\n"}
    own = [line for line in commands(written) if line.startswith(("::error ", "::warning "))]
    assert commands(written) == own
    assert len(own) == (2 if name == "github" else 0)
    for line in own:
        properties, message = line.removeprefix("::").split("::", 1)
        assert properties.count("=") >= 5
        assert "##[" not in message


@pytest.mark.parametrize("name", FORMATS)
def test_a_run_is_written_alike_each_time(name: str) -> None:
    assert write(name, RUN) == write(name, RUN)


@pytest.mark.parametrize(("name", "text"), [("concise", ""), ("github", "")])
def test_formats_of_findings_alone_say_nothing_of_a_clean_run(name: str, text: str) -> None:
    assert write(name, CLEAN) == text


def test_text_of_several_specs_ends_with_how_many_are_marked() -> None:
    assert write("text", RUN).split("\n")[-5:] == [
        "= note: 2 checks downstream skipped (input unknown)",
        "3 errors, 1 warning in 3 of 4 specs",
        "  specs/v.yaml: 1 error, 1 warning",
        "  specs/base.yaml: 1 error",
        "  none.yaml: 1 error",
    ]


def test_text_of_a_clean_run() -> None:
    assert write("text", CLEAN) == "1 spec checked, no errors"
    assert write("text", CLEAN * 2) == "2 specs checked, no errors"
    assert write("text", CLEAN, Page(quiet=True)) == ""


def test_concise() -> None:
    assert write("concise", RUN).split("\n") == [
        "specs/v.yaml:1:1: warning[FC501] an I-conv",
        "specs/base.yaml:3:7: error[FC110] unknown key `otu`",
        "specs/v.yaml:4:11: error[FC302] 512 is not divisible by 3",
        "none.yaml:1:1: error[FC100] the file cannot be read",
    ]


def test_concise_of_hostile_texts_is_a_line_for_each_finding() -> None:
    for text in HOSTILE:
        lines = write("concise", hostile_run(text)).split("\n")
        assert [line.count("error[FC302]") for line in lines] == [1, 0]
        assert [line.count("warning[FC501]") for line in lines] == [0, 1]
    name = "::error file=x::forged"  # a file may be called so
    assert write("concise", hostile_run(name)).startswith("\\x3a:error file=x::forged:1:1: error[")
