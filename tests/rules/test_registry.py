"""The rules as a set: found by their files, complete, and each of them in use."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

import fishcompile.rules
from fishcompile.rules import judging, registry
from fishcompile.rules.base import Rule
from tests.rules.announced import split

PACKAGE = Path(fishcompile.__file__).parent
RULES = list(registry().values())
FILES = sorted((PACKAGE / "rules").glob("fc[0-9]*.py"))
ID = re.compile(r"FC\d{3}")


def used_ids(file: Path) -> Iterator[tuple[str, int]]:
    """The rule ids that a file writes, but for those in the definition of a rule."""
    tree = ast.parse(file.read_text("utf-8"))
    defined = {
        child
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Rule"
        for keyword in node.keywords
        for child in ast.walk(keyword.value)
    }
    for node in ast.walk(tree):
        if node in defined or not isinstance(node, ast.Constant):
            continue
        if isinstance(node.value, str) and ID.fullmatch(node.value):
            yield node.value, node.lineno


def test_every_file_is_a_rule_of_its_own_id() -> None:
    named = {file.stem.partition("_")[0].upper(): file.stem.partition("_")[2] for file in FILES}
    assert len(named) == len(FILES), "two files of one id"
    assert {rule.id: rule.name for rule in RULES} == {
        id_: name.replace("_", "-") for id_, name in named.items()
    }
    assert [rule.id for rule in RULES] == sorted(rule.id for rule in RULES)
    assert len({rule.name for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_field_is_filled(rule: Rule) -> None:
    empty = [f.name for f in fields(rule) if f.name not in ("check", "whole")]
    assert [name for name in empty if not getattr(rule, name)] == []
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)
    assert re.fullmatch(r"[A-Za-z].*[^.]\.", rule.what), "one sentence"
    assert ". " not in rule.what, "one sentence"
    assert len(rule.what) <= 100
    assert rule.why.endswith(".")
    announced = split(rule.bad)[1]
    assert rule.id in {expected.rule for expected in announced}
    assert all(expected.texts for expected in announced), "say what the user reads"
    assert split(rule.good)[1] == ()
    # a layout of keys says nothing of the network, so one that does not fit is no error of it
    warns = rule.id > "FC5" or rule.id == "FC403"
    assert rule.severity == ("warning" if warns else "error")


@pytest.mark.parametrize(
    "rule",
    [rule for rule in RULES if rule.id[:3] == "FC5" and rule.id != "FC509"],
    ids=lambda rule: rule.id,
)
def test_every_rule_of_the_fish_cites_the_paper_and_the_seed(rule: Rule) -> None:
    assert "Sun et al. 2018" in rule.why
    assert re.search(r"'Understanding FishNet', sections? \d", rule.why)


def test_those_that_judge_are_those_of_the_families_4_and_5() -> None:
    judge = [rule for rule in RULES if rule.check is not None]
    assert judge == [rule for rule in RULES if rule.id[:3] in ("FC4", "FC5")]
    assert list(judging()) == judge


LOADED = """
import sys
from fishcompile.rules import judging
judging()
print(*sorted(name.rpartition(".")[2] for name in sys.modules if ".rules.fc" in name))
"""


def test_judging_loads_no_other_rule() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    loaded = done.stdout.split()
    assert loaded == [file.stem for file in FILES if file.stem[:3] in ("fc4", "fc5")]


def test_every_id_in_the_code_is_a_rule_and_every_rule_is_in_the_code() -> None:
    found = {
        id_: f"{file.relative_to(PACKAGE)}:{line}"
        for file in sorted(PACKAGE.rglob("*.py"))
        for id_, line in used_ids(file)
    }
    assert {id_: at for id_, at in found.items() if id_ not in registry()} == {}
    assert [rule.id for rule in RULES if rule.id not in found] == []


def test_ids_in_texts_are_rules() -> None:
    """What pages, messages and comments call a rule is one."""
    known = registry()
    texts = {file: file.read_text("utf-8") for file in (*FILES, *(PACKAGE / "cli").glob("*.py"))}
    wrong = {
        f"{file.name}: {id_}"
        for file, text in texts.items()
        for id_ in re.findall(r"\bFC\d{3}\b", text)
        if id_ not in known
    }
    assert wrong == set()
