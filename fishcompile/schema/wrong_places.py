"""Wrong places: an entry that its indentation put elsewhere, and one entry for a section."""

from __future__ import annotations

from typing import Any

from fishcompile.diagnostics.finding import Diagnostic, Edit, Fix
from fishcompile.diagnostics.names import shown
from fishcompile.diagnostics.source import Span
from fishcompile.reader.respell import rewritten
from fishcompile.reader.tree import Path, Plain, Tree
from fishcompile.reader.write import flow
from fishcompile.schema.synonyms import key_for
from fishcompile.schema.wording import ENTRIES, mapping_of, subject

SECTIONS = ("stem", "tail", "body", "head", "classifiers", "dense", "graph")
_INDENT = 2

Schema = dict[str, Any]


def is_flat(tree: Tree, schema: Schema, section: str) -> bool:
    """Whether a section holds the keys of one entry in the place of named entries."""
    entries = tree.value.get(section)
    if not isinstance(entries, dict) or not entries:
        return False
    if any(isinstance(item, dict) and key not in ("expect",) for key, item in entries.items()):
        return False
    keys = _entry_keys(schema, section)
    return any(key in keys or key_for(key, keys) for key in entries)


def flat_section(tree: Tree, schema: Schema, section: str) -> Diagnostic:
    """FC112 for such a section, with the mapping that was meant."""
    value = tree.value[section]
    assert isinstance(value, dict), "only mappings are flat"
    entry = {key_for(key, _entry_keys(schema, section)) or key: item for key, item in value.items()}
    if section in ("stem", "graph"):
        entry = {"kind": "conv", **entry}
    what = ENTRIES[section]
    name = "conv1" if section in ("stem", "graph") else f"{section}1"
    meant: Plain = {name: entry}
    span = tree.value_span((section,))
    message = f"`{section}` must be a mapping of names, got the keys of one {what}"
    help_ = f"give the {what} a name: `{section}: {flow(meant)}`"
    fixes = rewritten(span, flow(meant), safe=False) if span.text.startswith("{") else ()
    return Diagnostic("FC112", message, span, help=(help_,), fixes=fixes)


def misplaced(tree: Tree, schema: Schema, path: Path) -> tuple[str, tuple[Fix, ...]] | None:
    """Where the unknown key at `path` belongs, if it is an entry that is indented wrongly."""
    value = tree.get(path)
    if not isinstance(value, dict) or not value:
        return None
    if len(path) == 1:
        return _outside(tree, schema, path, value)
    section = str(path[0])
    if len(path) == 3 and section in SECTIONS and _fits(value, schema, section):
        beside = tree.key_span(path[:2])
        advice = f"indent it as {subject(path[:2])} is, to make it a {ENTRIES[section]} beside it"
        return advice, _indented(tree, path, beside.column - 1)
    return None


def section_before(tree: Tree, path: Path) -> str | None:
    """The section that stands before a key of the spec, other strange keys passed over."""
    keys = [key for key in tree.value if tree.key_span((key,)).source is tree.key_span(path).source]
    for key in reversed(keys[: keys.index(str(path[0]))]):
        if key in SECTIONS:
            return key
        if not isinstance(tree.value[key], dict) or key in ("input", "defaults", "bridge"):
            return None
    return None


def _outside(
    tree: Tree, schema: Schema, path: Path, value: dict[str, Plain]
) -> tuple[str, tuple[Fix, ...]] | None:
    section = section_before(tree, path)
    if section is None or not _fits(value, schema, section):
        return None
    entries = tree.value[section]
    first = next(iter(entries), None) if isinstance(entries, dict) else None
    beside = tree.key_span((section, first)) if first is not None else None
    if beside and beside.line == tree.key_span((section,)).line:
        return None  # entries in flow style have no indentation
    column = beside.column - 1 if beside else _INDENT
    advice = f"indent it by {column} spaces, to make it a {ENTRIES[section]} of `{section}`"
    return advice, _indented(tree, path, column)


def _fits(value: dict[str, Plain], schema: Schema, section: str) -> bool:
    keys = _entry_keys(schema, section)
    return all(key in keys for key in value)


def _entry_keys(schema: Schema, section: str) -> dict[str, Any]:
    if section == "graph":
        return {"kind": {}, "from": {}, **_GRAPH}
    entry = schema["properties"][section]["additionalProperties"]
    if not isinstance(entry, dict):  # each entry stands under its own name
        entries = schema["properties"][section].get("properties", {}).values()
        return {key: node for one in entries for key, node in mapping_of(one).items()}
    return mapping_of(entry)


_GRAPH: dict[str, Any] = {
    key: {} for key in ("out", "kernel", "stride", "padding", "norm", "act", "bias", "expect")
}


def _indented(tree: Tree, path: Path, column: int) -> tuple[Fix, ...]:
    """The fix that brings an entry and all its lines to another indentation."""
    key, value = tree.key_span(path), tree.value_span(path)
    source = key.source
    if source.line(key.line)[: key.column - 1].strip(" ") or value.source is not source:
        return ()
    ends_before = value.end_column == 1 and value.end_line > key.line
    last = value.end_line - ends_before
    shift = column - (key.column - 1)
    edits = []
    for number in range(key.line, last + 1):
        line = source.line(number)
        if not line.strip():
            continue
        if shift > 0:
            edits.append(Edit(Span(source, number, 1, number, 1), " " * shift))
        elif not line[:-shift].strip(" "):
            edits.append(Edit(Span(source, number, 1, number, 1 - shift), ""))
        else:
            return ()
    return (Fix(f"indent {shown(str(path[-1]))} by {column} spaces", tuple(edits)),)
