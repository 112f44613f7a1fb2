"""Writes docs/rules/ from the rules, with the real output: python docs/generate_rules.py.

With --check it writes nothing and fails where a page is not current, missing, or of a rule that
is gone. Needs fishcompile to be importable, as it is once installed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fishcompile.cli.examples import report_on, texts
from fishcompile.formats.text import render
from fishcompile.rules import registry
from fishcompile.rules.base import Rule
from fishcompile.rules.example import Example

FOLDER = Path(__file__).parent / "rules"
FAMILIES = {
    "FC1": "Reading and schema",
    "FC2": "Names and graph",
    "FC3": "Shapes",
    "FC4": "Assertions and budgets",
    "FC5": "Design",
    "FC9": "Comments to fishcompile",
}
_WRITTEN = "<!-- Written by docs/generate_rules.py from the rule's own file. -->"
_INTRODUCTION = """\
Every finding of `fishcompile check` has the id of a rule. An error says that a spec does not
hold, a warning that its design departs from the fish's, or that a layout of keys does not fit it;
warnings do not change the exit code.
`fishcompile explain FC302` prints the page of a rule, `fishcompile rules` this list."""


def pages() -> dict[str, str]:
    """The text of every page by file name."""
    rules = registry().values()
    return {"index.md": _index(list(rules)), **{f"{rule.id}.md": _page(rule) for rule in rules}}


def _index(rules: list[Rule]) -> str:
    parts = ["# The rules", _WRITTEN, _INTRODUCTION]
    for family, title in FAMILIES.items():
        rows = [
            f"| [{rule.id}]({rule.id}.md) | {rule.name} | {rule.severity} | {rule.what} |"
            for rule in rules
            if rule.id.startswith(family)
        ]
        head = ["| id | name | severity | what holds |", "|---|---|---|---|"]
        parts += [f"## {family}xx: {title}", "\n".join([*head, *rows])]
    return "\n\n".join(parts) + "\n"


def _page(rule: Rule) -> str:
    output = render(report_on(rule.bad), width=88)
    parts = [
        f"# {rule.id}: {rule.name}",
        _WRITTEN,
        f"**{rule.severity}** · [all rules](index.md)",
        rule.what,
        "## Why",
        rule.why,
        "## A spec that breaks it",
        *_blocks(rule.bad),
        f"```text\n{output}\n```",
        "## One that does not",
        *_blocks(rule.good),
    ]
    return "\n\n".join(parts) + "\n"


def _blocks(example: Example) -> list[str]:
    files = texts(example)
    blocks: list[str] = []
    for name, text in files.items():
        blocks += [f"`{name}`:"] if len(files) > 1 else []
        blocks.append(f"```yaml\n{text}\n```")
    return blocks


def main(arguments: list[str]) -> str | None:
    """What went wrong, or None."""
    new = pages()
    old = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    if arguments == ["--check"]:
        stale = sorted(name for name in {*new, *old} if new.get(name) != old.get(name))
        return f"not current: {', '.join(stale)}; run docs/generate_rules.py" if stale else None
    if arguments:
        return "usage: generate_rules.py [--check]"
    FOLDER.mkdir(exist_ok=True)
    for name in old.keys() - new.keys():
        (FOLDER / name).unlink()
    for name, text in new.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
