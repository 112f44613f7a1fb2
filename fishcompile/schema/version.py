"""The version of a spec, judged in code before the schema is."""

from __future__ import annotations

from fishcompile.diagnostics.finding import Diagnostic, Edit, Fix
from fishcompile.diagnostics.nearest import surely
from fishcompile.diagnostics.source import STDIN_NAME, Span
from fishcompile.reader.respell import renamed, rewritten
from fishcompile.reader.tree import Path, Tree
from fishcompile.schema.wording import got

VERSION = 2  # the current version; loading/migrations/ has the steps to it
OLDEST = 1  # that there is a step from


def wrong_version(tree: Tree) -> Diagnostic | None:
    """FC113, where `fishspec` is not the current version."""
    here: Path = ("fishspec",)
    if "fishspec" not in tree.value:
        return _no_version(tree)
    version = tree.value["fishspec"]
    if type(version) is int and version == VERSION:
        return None
    if type(version) is int and version >= OLDEST:
        message = f"the spec is of version {version}, and this fishcompile reads version {VERSION}"
        way_out = _migrate(tree) if version < VERSION else "use a newer fishcompile"
        return Diagnostic("FC113", message, tree.value_span(here), help=(way_out,))
    message = f"`fishspec` must be {VERSION}, got {got(version)}"
    span = tree.value_span(here)
    # a number that is quoted or has a fraction; `True == 1`, so a flag has to be told apart
    written = [v for v in range(OLDEST, VERSION + 1) if version in (float(v), str(v))]
    meant = written[0] if written and version is not True else None
    fixes = rewritten(span, str(meant)) if meant else ()
    return Diagnostic(
        "FC113", message, span, help=(f"write `fishspec: {meant or VERSION}`",), fixes=fixes
    )


def _migrate(tree: Tree) -> str:
    """The way out for a file of an older version: the command to type."""
    from shlex import quote  # only now: few files are old

    name = tree.source.name
    file = "-" if name == STDIN_NAME else quote(name)
    return f"run `fishcompile migrate {file}`, which brings it to version {VERSION}"


def _no_version(tree: Tree) -> Diagnostic:
    """FC113 where no key is `fishspec`: mistyped, or left out."""
    message = "the spec does not say its version"
    for key in tree.value:
        if surely(key, ["fishspec"]):
            span = tree.key_span((key,))
            fixes = renamed(span, key, "fishspec", ["fishspec"])
            return Diagnostic(
                "FC113", message, span, help=("did you mean `fishspec`?",), fixes=fixes
            )
    begin = start_of_spec(tree)
    help_ = (f"begin the file with `fishspec: {VERSION}`",)
    return Diagnostic("FC113", message, begin, help=help_, fixes=_version_first(begin))


def _version_first(begin: Span) -> tuple[Fix, ...]:
    """`fishspec: 2` before the first key, with the indentation and line break of that."""
    line, source = begin.source.line(begin.line), begin.source
    before, rest = line[: begin.column - 1], line[begin.column - 1 :]
    text = f"fishspec: {VERSION}"
    if rest.startswith("{"):
        begin = Span(source, begin.line, begin.column + 1, begin.line, begin.column + 1)
        text += "" if rest[1:].lstrip().startswith("}") else ", "
    elif before.strip(" "):
        return ()
    else:
        text += source.line_break + before
    return (Fix(f"write `fishspec: {VERSION}`", (Edit(begin, text),), safe=True),)


def start_of_spec(tree: Tree) -> Span:
    """The place to point at when something is missing from the spec as a whole."""
    first = tree.key_span(())
    return Span(first.source, first.line, first.column, first.line, first.column)
