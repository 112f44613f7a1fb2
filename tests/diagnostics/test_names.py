"""Names: which are refused, for what reason, and how text is shown."""

from __future__ import annotations

import keyword

import pytest
from torch import nn

from fishcompile.diagnostics.names import RESERVED, check_name, shown, suggest_name

PATTERN = "is not a lower-case letter followed by lower-case letters, digits and `_`"


@pytest.mark.parametrize("name", ["a", "tail1", "conv_1", "a__b", "n" * 64, "stem", "bridge"])
def test_good_names(name: str) -> None:
    assert check_name(name) is None


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "is empty"),
        ("Tail1", PATTERN),
        ("1tail", PATTERN),
        ("tail-1", PATTERN),
        ("tail.1", PATTERN),
        ("tail1\n", PATTERN),
        ("tail 1", PATTERN),
        ("_tail", PATTERN),
        ("__init__", PATTERN),
        ("tail_", "ends in an underscore"),
        ("\u0441onv", "is not plain ASCII"),
        ("tail\u0661", "is not plain ASCII"),
        ("n" * 65, "has 65 characters, and a name at most 64"),
        ("lambda", "is a keyword of Python"),
        ("match", "is a keyword of Python"),
        ("type", "is a keyword of Python"),
        ("forward", "is an attribute of every torch module"),
        ("x", "is a name that emitted files use themselves"),
        ("features", "is a name that emitted files use themselves"),
    ],
)
def test_bad_names(name: str, reason: str) -> None:
    assert check_name(name) == reason


def test_every_public_attribute_of_a_module_is_reserved() -> None:
    public = {name for name in dir(nn.Module()) if not name.startswith("_")}
    assert public - RESERVED == set()


def test_every_keyword_that_could_be_a_name_is_refused() -> None:
    words = [word for word in (*keyword.kwlist, *keyword.softkwlist) if word != "_"]
    assert [word for word in words if check_name(word) is None] == []


@pytest.mark.parametrize(
    ("text", "name"),
    [("Tail-1", "tail_1"), ("tail_", "tail"), ("1", None), ("\u0441onv", None), ("Forward", None)],
)
def test_suggestions(text: str, name: str | None) -> None:
    assert suggest_name(text) == name


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("tail1", "`tail1`"),
        ("\u0441onv", r"`\u0441onv`"),
        ("a\nb\x1b[0m", r"`a\nb\x1b[0m`"),
        ("\u202eabc", r"`\u202eabc`"),
        ("n" * 60, f"`{'n' * 60}`"),
        ("n" * 61, f"`{'n' * 60}`..."),
    ],
)
def test_text_is_shown_escaped_and_cut_short(text: str, printed: str) -> None:
    assert shown(text) == printed
