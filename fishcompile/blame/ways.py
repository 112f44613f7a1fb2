"""Ways out for a finding that was moved to a variant: what to write there, not in the base."""

from __future__ import annotations

from fishcompile.diagnostics.finding import Diagnostic, Edit, Fix
from fishcompile.diagnostics.source import Span
from fishcompile.reader.tree import Path, Tree

_UNREAD = ("FC110", "FC206")  # keys that the variant leaves without meaning


def ways_out(
    found: Diagnostic, path: Path | None, write: Path, variant: Tree, tree: Tree
) -> tuple[tuple[str, ...], tuple[Fix, ...]]:
    """The help and the fixes of a finding about the entry at `path`, moved to a variant's write.

    A fix that edits the base would mend what holds by itself, so it goes.
    """
    if path is None:
        kept = [fix for fix in found.fixes if all(_in(variant, e.span) for e in fix.edits)]
        return found.help, tuple(kept)
    if found.rule in _UNREAD:
        key = path[-1]
        beside = path[:-1] == write[:-1]
        way = f"`{key}: null`" if beside else f"`{_nested(path, 'null')}`"
        help_ = f"take the base's `{key}` away with {way}, or leave this as the base has it"
        fix = _insertion(f"{key}: null", write, variant) if beside else ()
        return (help_,), fix
    if found.rule == "FC203":
        help_ = f"write another in the variant, `{_nested(path, 'NAME')}`, or leave this out"
        return (help_,), ()
    value = tree.get(path)
    if isinstance(value, dict | list):
        return found.help, ()
    return (*found.help, f"that line is changed here by `{_nested(path, '...')}`"), ()


def _in(variant: Tree, span: Span) -> bool:
    return span.source == variant.source


def _nested(path: Path, value: str) -> str:
    """An entry as a variant writes it on one line: `tail: {tail1: {blocks: 2}}`.

    A list is written anew as a whole.
    """
    listed = next((at for at, key in enumerate(path) if isinstance(key, int)), None)
    path, value = (path, value) if listed is None else (path[:listed], "[...]")
    text = f"{path[-1]}: {value}"
    for key in reversed(path[:-1]):
        text = f"{key}: {{{text}}}"
    return text


def _insertion(text: str, write: Path, variant: Tree) -> tuple[Fix, ...]:
    """The fix that writes an entry before the key of a write, in the same mapping."""
    place, within = variant.places.get(write), variant.places.get(write[:-1])
    if place is None or place.key is None or within is None or not _in(variant, place.key):
        return ()
    key = place.key
    before = key.source.line(key.line)[: key.column - 1]
    if within.value.text.startswith("{"):
        inserted = f"{text}, "
    elif not before.strip():
        inserted = f"{text}{key.source.line_break}{before}"
    else:
        return ()
    at = Span(key.source, key.line, key.column, key.line, key.column)
    return (Fix(f"write `{text}`", (Edit(at, inserted),)),)
