"""Fixes that spell one word of a spec anew, and whether that may be done without asking.

`renamed` for a key or word that was mistyped, `rewritten` for another value.
"""

from __future__ import annotations

from collections.abc import Iterable

from fishcompile.diagnostics.finding import Edit, Fix
from fishcompile.diagnostics.names import shown
from fishcompile.diagnostics.nearest import surely
from fishcompile.diagnostics.source import Span
from fishcompile.reader.tree import Path, Tree
from fishcompile.reader.write import is_plain


def renamed(span: Span, word: str, near: str, candidates: Iterable[str]) -> tuple[Fix, ...]:
    """The fix that puts `near`, one of the candidates, for `word` at `span`; none where it cannot.

    Quotes around the word stay.
    """
    written = span.text
    quote = written[:1] if written[:1] in ("'", '"') else ""
    if span.line != span.end_line or written != f"{quote}{word}{quote}" or not is_plain(near):
        return ()
    title = f"change {shown(word)} to {shown(near)}"
    sure = surely(word, candidates) == near
    return (Fix(title, (Edit(span, f"{quote}{near}{quote}"),), safe=sure),)


def rewritten(span: Span, value: str, *, safe: bool = True) -> tuple[Fix, ...]:
    """The fix that puts `value` for the scalar at `span`; none for one that is not on one line."""
    if span.line != span.end_line or not span.text or span.text[0] in "*&!|>":
        return ()
    title = f"change {shown(span.text)} to {shown(value)}"
    return (Fix(title, (Edit(span, value),), safe=safe),)


def added(tree: Tree, path: Path, text: str) -> tuple[Fix, ...]:
    """The fix that writes a further `key: value` into the mapping at `path`, behind the others."""
    value = tree.get(path)
    keys = [(*path, key) for key in value] if isinstance(value, dict) else []
    own = [key for key in keys if tree.key_span(key).source is tree.value_span(path).source]
    if not own:
        return ()
    span, first = tree.value_span(path), tree.key_span(own[0])
    title = f"write {shown(text)}"
    if span.text.startswith("{"):
        last = tree.value_span(own[-1])
        at = Span(last.source, last.end_line, last.end_column, last.end_line, last.end_column)
        return (Fix(title, (Edit(at, f", {text}"),)),)
    indent = first.source.line(first.line)[: first.column - 1]
    if indent.strip():
        return ()
    at = Span(first.source, first.line, 1, first.line, 1)
    return (Fix(title, (Edit(at, f"{indent}{text}{first.source.line_break}"),)),)
