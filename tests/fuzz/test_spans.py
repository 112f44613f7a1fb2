"""Whatever a file holds: no exception, every span inside its file, and it can be drawn."""

from __future__ import annotations

import tempfile
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import fishcompile
from fishcompile.diagnostics.source import Source, Span
from fishcompile.formats.text import render
from fuzz.harness import Broken, Harness, outside
from fuzz.inputs import inputs
from tests.mutations.cases import SPECS, cases, unmarked
from tests.strategies import Seeded, build

PLAIN = (SPECS / "plain.yaml").read_text(encoding="utf-8")
MUTATED = [unmarked(case.files()["plain.yaml"]) for case in cases() if case.checked == "plain.yaml"]


def holds(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.yaml"
        path.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
        report = fishcompile.check(path)
        assert list(outside(report)) == []
        assert render(report, width=40, color=True) or not report.diagnostics


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.text(st.characters(), max_size=60))
@example("\ufefffishspec: 2")
@example("\ud800")
@example("fishspec: 2\nname: net\n")
@example("fishspec: 2\nname: net\nstem:\n  c: {kind: conv, out: 8}\n")
def test_any_text(text: str) -> None:
    holds(text)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.sampled_from([PLAIN, *MUTATED]),
    st.integers(0, 10_000),
    st.integers(0, 30),
    st.text(st.sampled_from("\r\n\t :{}[],&*!|>'\"%@`#-?~0aé\u0301鱼\U0001f41f"), max_size=8),
)
def test_a_spec_with_a_piece_replaced(text: str, at: int, length: int, piece: str) -> None:
    begin = at % (len(text) + 1)
    holds(text[:begin] + piece + text[begin + length :])


def test_the_inputs_of_the_recorded_run() -> None:
    """The first of them; `make fuzz-record` checks them all, and their cost."""
    families = set()
    with Harness() as harness:
        for family, data, beside in inputs(seed=1, count=150):
            families.add(family)
            assert harness.check(data, beside).report is not None
    assert families == {"bytes", "tokens", "trees", "variants", "graphs", "noise"}


def test_inputs_depend_on_the_seed_alone() -> None:
    assert list(inputs(3, 30)) == list(inputs(3, 30))
    assert list(inputs(3, 30)) != list(inputs(4, 30))
    assert build(Seeded(Random(5))).text == build(Seeded(Random(5))).text


def test_the_harness_sees_an_exception_and_a_wrong_span(monkeypatch: pytest.MonkeyPatch) -> None:
    from fishcompile.diagnostics.finding import Diagnostic, Report

    span = Span(Source("a.yaml", "ab\n"), 1, 2, 1, 4)
    report = Report((Diagnostic("FC101", "m", span),))
    assert list(outside(report)) == ["FC101 points outside its file: a.yaml:1:2 to 1:4"]
    with Harness() as harness:
        monkeypatch.setattr(fishcompile, "check", lambda _path: report)
        with pytest.raises(Broken, match="FC101 points outside its file"):
            harness.check(b"")
        monkeypatch.setattr(fishcompile, "check", lambda _path: 1 // 0)
        with pytest.raises(Broken, match="ZeroDivisionError"):
            harness.check(b"")
