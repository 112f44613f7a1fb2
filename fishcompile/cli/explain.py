"""`fishcompile explain`: what a rule is about."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Annotated

import typer

from fishcompile.cli.light import LightCommand
from fishcompile.errors import UsageError
from fishcompile.rules.catalog import RULES


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("explain", cls=LightCommand, epilog="Example: fishcompile explain FC401")(explain)


def explain(
    rule: Annotated[str, typer.Argument(metavar="RULE", help="A rule's id, such as FC401.")],
) -> None:
    """Explain a rule by its id."""
    found = RULES.get(rule.upper())
    if found is None:
        near = get_close_matches(rule.upper(), RULES, 1)
        way_out = f"did you mean {near[0]}?" if near else f"the rules are {', '.join(RULES)}"
        raise UsageError(f"no rule has the id {rule}", way_out)
    print(f"{found.id} {found.name}\n\n{found.why}")
