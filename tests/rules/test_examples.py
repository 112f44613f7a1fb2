"""The examples of every rule: the bad one gives what is marked in it, the good one nothing."""

from __future__ import annotations

import pytest

from fishcompile.cli.examples import report_on
from fishcompile.diagnostics.finding import Diagnostic
from fishcompile.diagnostics.source import Source, Span
from fishcompile.rules import registry
from fishcompile.rules.base import Rule
from tests.rules.announced import Expected, split

RULES = list(registry().values())


def shown(found: Diagnostic) -> str:
    return f"{found.rule} {found.span}-{found.span.end_column} {found.message} | {found.label}"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_bad_example_gives_what_is_marked(rule: Rule) -> None:
    _, announced = split(rule.bad)
    found = report_on(rule.bad).diagnostics
    listing = "\n".join(map(shown, found))
    assert len(found) == len(announced), listing
    for expected in announced:
        assert any(map(expected.matches, found)), f"{expected} is not in\n{listing}"
    assert {one.rule for one in found} == {rule.id}
    assert {one.severity for one in found} == {rule.severity}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_good_example_gives_nothing(rule: Rule) -> None:
    assert list(map(shown, report_on(rule.good).diagnostics)) == []


def test_marks_are_taken_out_of_the_text() -> None:
    files, announced = split(
        'a: 1  # expect: FC101 @ 4-5 "one \\"two\\"" "three", FC302 @ 2-\n'
        "# a comment\n"
        '  # expect-next-line: FC501 @ 1-2 "x"\n'
        "b: 2 # fishcompile: ignore[FC501]\n"
        "c: 3\n"
    )
    assert files == {"spec.yaml": "a: 1\n# a comment\nb: 2 # fishcompile: ignore[FC501]\nc: 3\n"}
    assert announced == (
        Expected("FC101", "spec.yaml", 1, 4, 5, ('one "two"', "three")),
        Expected("FC302", "spec.yaml", 1, 2, None, ()),
        Expected("FC501", "spec.yaml", 3, 1, 2, ("x",)),
    )


def test_marks_of_several_files() -> None:
    files, announced = split({"spec.yaml": "a: 1", "base.yaml": 'b: 2  # expect: FC120 @ 1-2 ""'})
    assert files == {"spec.yaml": "a: 1", "base.yaml": "b: 2"}
    assert announced == (Expected("FC120", "base.yaml", 1, 1, 2, ("",)),)


@pytest.mark.parametrize(
    "line",
    [
        "a: 1  # expect: FC101",
        "a: 1  # expect: FC101 @ 1",
        'a: 1  # expect: FC101 @ 1-2 "open',
        'a: 1  # expect: FC101 @ 1-2 "x" and more',
        'a: 1  # expect: FC101 @ 1-2 "x",',
        "# expect: FC101 @ 1-2",
        "a: 1  # expect-next-line: FC101 @ 1-2",
    ],
)
def test_a_mark_that_is_not_written_so_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="expect"):
        split(line)


@pytest.mark.parametrize(
    ("change", "matches"),
    [
        ({}, True),
        ({"rule": "FC102"}, False),
        ({"file": "base.yaml"}, False),
        ({"line": 2}, False),
        ({"column": 2}, False),
        ({"end": 4}, False),
        ({"end": None}, False),
        ({"texts": ("said", "under")}, True),
        ({"texts": ("said", "not said")}, False),
    ],
)
def test_every_part_of_a_mark_counts(change: dict[str, object], matches: bool) -> None:
    wanted = {
        "rule": "FC101",
        "file": "spec.yaml",
        "line": 1,
        "column": 1,
        "end": 3,
        "texts": (),
    }
    expected = Expected(**{**wanted, **change})  # type: ignore[arg-type]
    span = Span(Source("spec.yaml", "a: 1"), 1, 1, 1, 3)
    assert expected.matches(Diagnostic("FC101", "is said", span, "under it")) is matches
