"""Patterns of a layout: which keys each names, which wins, and what does not fit."""

from __future__ import annotations

import pytest

from fishcompile.analysis.key_layouts import named
from fishcompile.language.key_layouts import LayoutSpec


def by(patterns: dict[str, str], *keys: str) -> tuple[dict[str, str], list[str]]:
    """What keys are named, and the problems."""
    theirs, problems = named(LayoutSpec("other", tuple(patterns.items())), keys)
    return theirs, [text for _, text in problems]


@pytest.mark.parametrize(
    ("patterns", "key", "expected"),
    [
        ({"a": "b"}, "a.c.weight", "b.c.weight"),
        ({"a.c.weight": "b"}, "a.c.weight", "b"),
        ({"a*": "b.*"}, "a12.weight", "b.12.weight"),
        ({"a*.*.c*": "*_*.d*"}, "a1.2.c3.weight", "1_2.d3.weight"),
        ({"*.weight": "w.*"}, "a.weight", "w.a"),
        ({"a*z": "*"}, "amidz.weight", "mid.weight"),
        # the longest wins, then that with the fewest stars, whatever the order
        ({"a.b": "long", "a": "short"}, "a.b.c", "long.c"),
        ({"a": "short", "*.b": "long*"}, "a.b.c", "longa.c"),
        ({"*.b": "star*", "a.b": "plain"}, "a.b.c", "plain.c"),
        ({"*.*": "two*.*", "*.b": "one*"}, "a.b.c", "onea.c"),
    ],
)
def test_what_a_pattern_names(patterns: dict[str, str], key: str, expected: str) -> None:
    theirs, _ = by(patterns, key)
    assert theirs == {key: expected}


@pytest.mark.parametrize(
    ("pattern", "key"),
    [
        ("a", "ab.weight"),  # whole parts
        ("a.b", "a"),
        ("a*", "a.weight"),  # a star is some text,
        ("a*b", "ab.weight"),
        ("a*a", "a.weight"),
        ("*.c", "a.b.c"),  # within one part
        (".", "a"),
    ],
)
def test_what_a_pattern_does_not_name(pattern: str, key: str) -> None:
    theirs, problems = by({pattern: "*" if "*" in pattern else "b"}, key)
    assert theirs == {}
    assert problems == [f"no pattern names `{key}`", f"the pattern `{pattern}` names no key"]


def test_problems() -> None:
    assert by({"a": "x", "b": "x"}, "a.w", "b.w")[1] == ["`a.w` and `b.w` are both named `x.w`"]
    assert by({"a*": "x*", "*b": "y*"}, "a1b", "a1", "1b")[1] == ["`a*` and `*b` both name `a1b`"]
    assert by({"a": "x"}, "a.w", "b.w", "c.w")[1] == ["no pattern names `b.w` and 1 more"]
    # a longer pattern takes all that a shorter one would name
    assert by({"a": "x", "a.w": "y"}, "a.w")[1] == ["the pattern `a` names no key"]


def test_a_thousand_parts_are_matched_in_no_time() -> None:
    """Where a regular expression of these stars would go back and forth for ever."""
    stars = ".".join(["a*a"] * 60)
    key = ".".join(["a" * 1000] * 59 + ["b"])
    assert by({stars: stars}, key)[0] == {}
