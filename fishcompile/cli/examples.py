"""The rules and their examples as a user sees them: their text, and what a check reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fishcompile.formats import RuleFacts
from fishcompile.formats._snippets import visible
from fishcompile.rules import registry
from fishcompile.rules.base import Rule
from fishcompile.rules.example import MAIN, Example, split

if TYPE_CHECKING:
    from fishcompile.diagnostics.finding import Report


def report_on(example: Example) -> Report:
    """The report on an example, read from memory; the comments in it are honoured."""
    from fishcompile.diagnostics.source import Source
    from fishcompile.pipeline import check_texts
    from fishcompile.policy.apply import Judged, apply

    files, _ = split(example)
    judged = Judged(check_texts(files, MAIN), Source(MAIN, files[MAIN]))
    return apply([judged]).reports[0]


def texts(example: Example) -> dict[str, str]:
    """The files of an example without what they announce, printable line by line."""
    files, _ = split(example)
    return {
        name: "\n".join(visible(line) for line in text.rstrip("\n").split("\n"))
        for name, text in files.items()
    }


def rule_facts() -> dict[str, RuleFacts]:
    """Every rule by id. Loads all of them, which a check of a spec does not need."""
    return {id_: _facts(rule) for id_, rule in registry().items()}


def _facts(rule: Rule) -> RuleFacts:
    markdown = [rule.what, rule.why, "Bad:", *_blocks(rule.bad), "Good:", *_blocks(rule.good)]
    return RuleFacts(rule.name, rule.severity, rule.what, rule.why, "\n\n".join(markdown))


def _blocks(example: Example) -> list[str]:
    """The files of an example as blocks of code, without what they announce."""
    files, _ = split(example)
    return [f"```yaml\n{text.rstrip()}\n```" for text in files.values()]
