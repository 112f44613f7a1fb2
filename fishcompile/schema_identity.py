"""Schema identity: the version and the names of a spec, judged in code before the schema is.

A schema's patterns can neither say why a name is refused nor know what torch's modules reserve.
"""

from __future__ import annotations

from fishcompile.diagnostics import Diagnostic
from fishcompile.names import check_name, shown, suggest_name
from fishcompile.schema_values import got
from fishcompile.source import Span
from fishcompile.tree import Path, Tree

VERSION = 1
_NAMED = {"stem": "layer", "tail": "stage", "body": "stage", "head": "stage", "taps": "tap"}


def wrong_version(tree: Tree) -> Diagnostic | None:
    """FC113, where `fishspec` is not 1."""
    here: Path = ("fishspec",)
    if "fishspec" not in tree.value:
        message = "the spec does not say its version"
        return Diagnostic(
            "FC113", message, start_of_spec(tree), help=("begin the file with `fishspec: 1`",)
        )
    version = tree.value["fishspec"]
    if type(version) is int and version == VERSION:
        return None
    if type(version) is int and version > VERSION:
        message = f"the spec is of version {version}, and this fishcompile reads version {VERSION}"
        return Diagnostic(
            "FC113", message, tree.value_span(here), help=("use a newer fishcompile",)
        )
    message = f"`fishspec` must be {VERSION}, got {got(version)}"
    return Diagnostic("FC113", message, tree.value_span(here), help=("write `fishspec: 1`",))


def bad_names(tree: Tree) -> list[Diagnostic]:
    """FC201 for the spec and every layer, stage and tap whose name cannot be one."""
    found: list[Diagnostic] = []
    top = tree.value.get("name")
    if isinstance(top, str) and (reason := check_name(top)):
        found.append(_bad_name("the spec's name", top, reason, tree.value_span(("name",))))
    for section, what in _NAMED.items():
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


def start_of_spec(tree: Tree) -> Span:
    """The place to point at when something is missing from the spec as a whole."""
    first = tree.key_span(())
    return Span(first.source, first.line, first.column, first.line, first.column)
