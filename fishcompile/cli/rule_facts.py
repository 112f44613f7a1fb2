"""The rules as a format lists them, for viewers that know nothing of fishcompile."""

from __future__ import annotations

from fishcompile.formats import RuleFacts
from fishcompile.rules import registry
from fishcompile.rules.base import Rule
from fishcompile.rules.example import Example, split


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
