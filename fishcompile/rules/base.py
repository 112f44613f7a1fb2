"""What a rule is: one kind of finding, with its reason and two examples, in a file of its own.

A rule's file defines `RULE = Rule(...)`, is named after it (`fc302_divisibility.py`) and begins
with what it says. Its examples are specs; `bad` says in comments what is found where (see
example.py). A rule with a `check` judges facts; the others are found while a spec is read, resolved
and expanded. What a check needs of other rooms is imported in it: who only reads the rule has no
use for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fishcompile.record import record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fishcompile.analysis.facts import Facts
    from fishcompile.diagnostics.finding import Diagnostic, Severity
    from fishcompile.rules.example import Example

    Check = Callable[[Facts], Iterable[Diagnostic | "Skipped"]]


@record
class Skipped:
    """So many findings that a check leaves out, because they follow from one that it reports."""

    count: int


@record
class Rule:
    """One kind of finding: `what` is a sentence, `why` a paragraph with its source.

    `id`, `name` and `what` are read off the name and docstring of its file. A rule about the
    network as a `whole` is silent while the spec has errors: what it would find could follow from
    them.
    """

    why: str
    bad: Example
    good: Example
    severity: Severity = "error"
    check: Check | None = None
    whole: bool = False
    id: str = ""
    name: str = ""
    what: str = ""
