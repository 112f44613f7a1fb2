"""The names of a spec, judged in code before the schema is.

A schema's patterns can neither say why a name is refused nor know what torch's modules reserve.
"""

from __future__ import annotations

import re
from pathlib import PurePath

from fishcompile.diagnostics.characters import named
from fishcompile.diagnostics.finding import Diagnostic, Fix
from fishcompile.diagnostics.names import check_name, is_own, shown, suggest_name
from fishcompile.diagnostics.source import Span
from fishcompile.reader.respell import rewritten
from fishcompile.reader.tree import Plain, Tree, walk
from fishcompile.schema.wording import ENTRIES


def bad_names(tree: Tree) -> list[Diagnostic]:
    """FC201 for the spec and every layer, stage and tap whose name cannot be one."""
    found: list[Diagnostic] = []
    top = tree.value.get("name")
    if isinstance(top, str) and (reason := check_name(top)):
        span = tree.value_span(("name",))
        stem = PurePath(span.source.name).stem.lstrip("0123456789_-")
        near = suggest_name(top) or (None if top.isascii() else suggest_name(stem))
        fixes = rewritten(span, near, safe=False) if near else ()
        found.append(_bad_name("the spec's name", top, reason, span, near, fixes))
    for section, what in ENTRIES.items():
        entries = tree.value.get(section)
        for name in entries if isinstance(entries, dict) else ():
            if reason := check_name(name):
                span = tree.key_span((section, name))
                near = suggest_name(name) or _by_place(section, name, tree)
                fixes = _renamed(section, name, near, tree) if near else ()
                found.append(_bad_name(f"the {what} name", name, reason, span, near, fixes))
    return found


def _by_place(section: str, name: str, tree: Tree) -> str | None:
    """A name for what has none in ASCII: its section, and the place that it has there."""
    entries = _mapping(tree, section)
    own = list(entries).index(name) + 1
    numbers = [own, *range(1, len(entries) + 1)]
    names = (f"{section.rstrip('s')}{number}" for number in numbers)
    return next((near for near in names if near not in entries and not name.isascii()), None)


def _renamed(section: str, name: str, near: str, tree: Tree) -> tuple[Fix, ...]:
    """The fix that gives an entry another name, and all that read it; none across files."""
    readers = [
        path
        for path, value in walk(tree.value)
        if value == name and (path[0] in ("taps", "outputs") or {"from", "to"} & set(path))
    ]
    spans = [tree.key_span((section, name)), *(tree.value_span(path) for path in readers)]
    if near in _mapping(tree, section) or len({span.source for span in spans}) > 1:
        return ()
    edits = [edit for span in spans for fix in rewritten(span, near) for edit in fix.edits]
    title = f"name it {shown(near)}"
    return (Fix(title, tuple(edits)),) if len(edits) == len(spans) else ()


def _mapping(tree: Tree, section: str) -> dict[str, Plain]:
    entries = tree.value[section]
    assert isinstance(entries, dict), "names are those of a mapping"
    return entries


def _bad_name(
    what: str, name: str, reason: str, span: Span, near: str | None, fixes: tuple[Fix, ...]
) -> Diagnostic:
    strange = next((c for c in name if not c.isascii() and not is_own(c)), None)
    notes = (named(strange),) if strange else ()
    glued = re.match(r"([a-z][a-z0-9_]*)[:=]", name, re.ASCII)
    if glued:
        help_: tuple[str, ...] = (f"a colon and a blank belong between `{glued[1]}` and its value",)
    else:
        letters = () if name.isascii() else ("write it with letters from a to z",)
        help_ = (f"for example `{near}`",) if near else letters
    message = f"{what} {shown(name)} {reason}"
    return Diagnostic("FC201", message, span, notes=notes, help=help_, fixes=() if glued else fixes)
