"""The names of a spec, judged in code before the schema is.

A schema's patterns can neither say why a name is refused nor know what torch's modules reserve.
"""

from __future__ import annotations

from fishcompile.diagnostics.finding import Diagnostic
from fishcompile.diagnostics.names import check_name, shown, suggest_name
from fishcompile.diagnostics.source import Span
from fishcompile.reader.tree import Tree
from fishcompile.schema.wording import ENTRIES


def bad_names(tree: Tree) -> list[Diagnostic]:
    """FC201 for the spec and every layer, stage and tap whose name cannot be one."""
    found: list[Diagnostic] = []
    top = tree.value.get("name")
    if isinstance(top, str) and (reason := check_name(top)):
        found.append(_bad_name("the spec's name", top, reason, tree.value_span(("name",))))
    for section, what in ENTRIES.items():
        entries = tree.value.get(section)
        for name in entries if isinstance(entries, dict) else ():
            if reason := check_name(name):
                span = tree.key_span((section, name))
                found.append(_bad_name(f"the {what} name", name, reason, span))
    return found


def _bad_name(what: str, name: str, reason: str, span: Span) -> Diagnostic:
    near = suggest_name(name)
    help_ = (f"for example `{near}`",) if near else ()
    return Diagnostic("FC201", f"{what} {shown(name)} {reason}", span, help=help_)
