"""`fishcompile explain`: what a rule is about, with an example of what it finds."""

from __future__ import annotations

import textwrap
from typing import Annotated

import typer

from fishcompile.cli.examples import texts
from fishcompile.cli.light import LightCommand
from fishcompile.diagnostics.errors import UsageError
from fishcompile.package import data_file
from fishcompile.policy.selectors import LOOK_ALIKES
from fishcompile.rules import registry
from fishcompile.rules.base import Rule
from fishcompile.rules.example import Example

_WIDTH = 88


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("explain", cls=LightCommand, epilog="Example: fishcompile explain FC401")(explain)


def explain(
    rule: Annotated[str, typer.Argument(metavar="RULE", help="A rule's id or name.")],
) -> None:
    """Explain a rule by its id, such as FC401, or its name."""
    print(page(_rule(rule)))


def page(rule: Rule) -> str:
    """Everything about a rule, its bad example with the findings that it gives."""
    parts = [
        f"{rule.id} {rule.name}\nseverity: {rule.severity}",
        textwrap.fill(rule.what, _WIDTH),
        textwrap.fill(rule.why, _WIDTH),
        "This spec breaks it:",
        _indented(rule.bad),
        _found(rule),
        "This one does not:",
        _indented(rule.good),
    ]
    return "\n\n".join(parts)


def _found(rule: Rule) -> str:
    """What a check of the bad example prints, as it stands on the rule's page in docs/rules."""
    text = data_file("docs/rules", f"{rule.id}.md").read_text(encoding="utf-8")
    return text.partition("```text\n")[2].partition("\n```")[0]


def _indented(example: Example) -> str:
    """The files of an example one after the other, each under its name if there are several."""
    files = texts(example)
    named = [f"# {name}\n{text}" if len(files) > 1 else text for name, text in files.items()]
    return textwrap.indent("\n\n".join(named), "    ")


def _rule(word: str) -> Rule:
    rules = registry()
    by_name = {rule.name: rule for rule in rules.values()}
    found = rules.get(word.upper()) or by_name.get(word.lower())
    if found is not None:
        return found
    # imported only now: most rules are asked for by their own name
    from fishcompile.diagnostics.nearest import nearest

    alike = word.upper().translate(LOOK_ALIKES)
    near = alike if alike in rules else nearest(word.lower(), by_name)
    near = near or nearest(word.upper(), rules)
    way_out = f"did you mean {near}?" if near else "`fishcompile rules` lists them all"
    raise UsageError(f"no rule has the id {word}", way_out)
