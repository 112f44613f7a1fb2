"""The rules, one file each: every finding's id, name and reason, found by the name of its file.

Only rules of the families FC4xx and FC5xx have a `check`, so that `judging` needs to import no
other file: a check of a spec does not pay for the texts of all rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from importlib import import_module
from itertools import islice
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from fishcompile.diagnostics.finding import MAX_FINDINGS, Diagnostic
from fishcompile.rules.base import Rule, Skipped

if TYPE_CHECKING:
    from fishcompile.analysis.facts import Facts

_JUDGING = ("fc4", "fc5")


@cache
def registry() -> dict[str, Rule]:
    """All rules by id, in the order of the ids."""
    return {rule.id: rule for rule in _found("fc")}


@cache
def judging() -> tuple[Rule, ...]:
    """The rules that have a check, in the order of their ids."""
    return tuple(rule for prefix in _JUDGING for rule in _found(prefix))


def judge(
    facts: Facts, found: Iterable[Diagnostic], *, warnings: bool = True
) -> tuple[list[Diagnostic], int]:
    """What the rules find beside what was `found` before, and how much follows from that.

    Without `warnings` the rules that only warn are not asked.
    """
    errors = any(diagnostic.severity == "error" for diagnostic in found)
    findings: list[Diagnostic] = []
    skipped = 0
    for rule in judging():
        assert rule.check is not None, f"{rule.id} is named as one that judges"
        if (errors and rule.whole) or (rule.severity == "warning" and not warnings):
            continue
        own: list[Diagnostic] = []
        for item in islice(rule.check(facts), MAX_FINDINGS + 1):
            if isinstance(item, Skipped):
                skipped += item.count
            else:
                own.append(item)
        if len(own) > MAX_FINDINGS:
            own[MAX_FINDINGS] = _left_out(rule, own[MAX_FINDINGS - 1])
        errors = errors or (rule.severity == "error" and bool(own))
        findings += own
    return findings, skipped


def _left_out(rule: Rule, last: Diagnostic) -> Diagnostic:
    message = f"more findings of {rule.id} are left out"
    return Diagnostic("FC104", message, last.span, severity=rule.severity)


def _found(prefix: str) -> Iterator[Rule]:
    names = sorted(module.name for module in iter_modules(__path__))
    for module in names:
        if module.startswith(prefix) and module[2:5].isdigit():
            file = import_module(f"{__name__}.{module}")
            id_, _, what = " ".join(str(file.__doc__).split()).partition(": ")
            rule: Rule = file.RULE
            yield replace(rule, id=id_, name=module[6:].replace("_", "-"), what=what)
