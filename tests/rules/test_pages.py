"""What a user reads of a rule: docs/rules/, `fishcompile explain` and `fishcompile rules`."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from fishcompile.cli.app import build_app
from fishcompile.cli.commands.explain import page
from fishcompile.diagnostics.errors import UsageError
from fishcompile.rules import registry
from fishcompile.rules.base import Rule

DOCS = Path(__file__).parents[2] / "docs"
RULES = list(registry().values())


def generator() -> Any:
    found = importlib.util.spec_from_file_location("generate_rules", DOCS / "generate_rules.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_the_pages_are_current() -> None:
    assert generator().main(["--check"]) is None


def test_a_page_that_is_stale_missing_or_left_over_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generate = generator()
    monkeypatch.setattr(generate, "FOLDER", tmp_path / "rules")
    assert generate.main([]) is None
    (tmp_path / "rules" / "FC302.md").write_text("old", "utf-8")
    (tmp_path / "rules" / "FC303.md").unlink()
    (tmp_path / "rules" / "FC999.md").touch()
    assert generate.main(["--check"]) == (
        "not current: FC302.md, FC303.md, FC999.md; run docs/generate_rules.py"
    )
    assert generate.main([]) is None
    assert generate.main(["--check"]) is None


def test_the_index_lists_every_rule() -> None:
    index = (DOCS / "rules" / "index.md").read_text("utf-8")
    for rule in RULES:
        row = f"| [{rule.id}]({rule.id}.md) | {rule.name} | {rule.severity} | {rule.what} |"
        assert index.count(row) == 1


def run(*words: str) -> tuple[Exception | None, str]:
    result = CliRunner().invoke(build_app(), list(words))
    error = result.exception
    assert error is None or isinstance(error, Exception)
    return error, result.output


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_explain_prints_the_whole_page(rule: Rule) -> None:
    error, printed = run("explain", rule.id)
    assert error is None
    assert printed == page(rule) + "\n"
    assert printed.startswith(f"{rule.id} {rule.name}\nseverity: {rule.severity}\n")
    assert f"\n{rule.severity}[{rule.id}]: " in printed
    assert "expect:" not in printed.replace("expect: {", "")
    words = " ".join(printed.split())
    assert rule.what in words
    assert rule.why in words


def test_explain_of_a_design_rule() -> None:
    assert run("explain", "fc508") == run("explain", "additive-merge")
    assert run("explain", "FC508")[1].split("This spec breaks it:")[1] == (
        """

    fishspec: 2
    name: additive
    tail:
      tail1: {out: 64, blocks: 1}
      tail2: {out: 64, blocks: 1}
    body:
      body1:
        blocks: 1
        up: nearest
        merge: add
        transfer: {from: tail1}

warning[FC508]: additive merge in body1: neither trunk nor skip is preserved
  --> spec.yaml:10:12
   |
10 |     merge: add
   |            ^^^ sums trunk and skip
   |
   = help: `merge: concat` keeps both
   = explain: fishcompile explain FC508

1 warning

This one does not:

    fishspec: 2
    name: additive
    tail:
      tail1: {out: 64, blocks: 1}
      tail2: {out: 64, blocks: 1}
    body:
      body1:
        blocks: 1
        up: nearest
        merge: concat
        transfer: {from: tail1}
"""
    )


@pytest.mark.parametrize(
    ("word", "way_out"),
    [
        ("FC40I", "did you mean FC401?"),
        ("FC3O2", "did you mean FC302?"),
        ("FC3022", "did you mean FC302?"),
        ("budgt", "did you mean budget?"),
        ("additive_merge", "did you mean additive-merge?"),
        ("nonsense", "`fishcompile rules` lists them all"),
    ],
)
def test_explain_of_what_is_no_rule(word: str, way_out: str) -> None:
    error, printed = run("explain", word)
    assert isinstance(error, UsageError)
    assert (str(error), error.help, printed) == (f"no rule has the id {word}", way_out, "")


def test_rules_lists_every_rule() -> None:
    error, printed = run("rules")
    assert error is None
    rows = [tuple(line.split(maxsplit=3)) for line in printed.splitlines()]
    assert rows == [(rule.id, rule.severity, rule.name, rule.what) for rule in RULES]
    starts = {line.index(row[3]) for line, row in zip(printed.splitlines(), rows, strict=True)}
    assert len(starts) == 1, "the columns stand under each other"
