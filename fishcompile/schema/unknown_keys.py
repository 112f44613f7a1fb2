"""Unknown keys: which was meant, by a slip of the hand or in other frameworks' words, and where."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from fishcompile.diagnostics.characters import ascii_of, lookalike, named, plain
from fishcompile.diagnostics.finding import Diagnostic, Edit, Fix, Related
from fishcompile.diagnostics.names import is_own, shown
from fishcompile.diagnostics.nearest import nearest, surely
from fishcompile.diagnostics.source import Span
from fishcompile.reader.respell import renamed, rewritten
from fishcompile.reader.tree import Path, Tree
from fishcompile.reader.write import flow
from fishcompile.schema.synonyms import key_for
from fishcompile.schema.wording import example, mapping_of, node_at, subject
from fishcompile.schema.wrong_places import misplaced, section_before

_OWNERS = {
    "tail": "a stage",
    "stem": "a layer of the stem",
    "bridge": "the bridge",
    "classifier": "the classifier",
    "input": "`input`",
    "budget": "`budget`",
}
_GLUED = re.compile(r"([A-Za-z_][A-Za-z0-9_]*) *(: ?|=) *(.*)", re.ASCII)
_MACS = "a MAC is a multiplication and an addition; where FLOPs count both, halve the number"
_UNITS = re.compile(r"([mgt])(?:flop|mac|param)")
_TELLING = ("out", "blocks", "classes", "size", "channels")
_SINGLE = ("bridge", "classifier", "input")


def required_keys(unknown: Iterable[Path], missing: Iterable[Path]) -> dict[Path, str]:
    """The paths of unknown keys that mean a missing key of their entry, each with that key."""
    absent: dict[Path, list[str]] = {}
    for path in missing:
        absent.setdefault(path[:-1], []).append(str(path[-1]))
    meant: dict[Path, str] = {}
    for path in unknown:
        key, free = str(path[-1]), absent.get(path[:-1], [])
        word = _parts(key)[0]
        near = word if word in free else key_for(word, free) or nearest(word, free)
        if near:
            meant[path] = near
            free.remove(near)
    return meant


def follows(tree: Tree, schema: dict[str, Any], path: Path) -> Iterator[Path]:
    """The paths at which something is missing or wrong only because of the unknown key there."""
    if misplaced(tree, schema, path) and len(path) == 1:
        section = section_before(tree, path)
        if section is not None and tree.value[section] is None:
            yield (section,)
    if _nested(tree, schema, path):
        value = tree.get(path)
        yield from ((*path[:-1], key) for key in (value if isinstance(value, dict) else ()))


def unknown_key(tree: Tree, schema: dict[str, Any], path: Path, meant: str | None) -> Diagnostic:
    """FC110 for the key at `path`; `meant` is the required key that it stands for, if one."""
    key, at = str(path[-1]), path[:-1]
    message = f"unknown key {shown(key)} in {subject(at)}"
    span = tree.key_span(path)
    chosen = _kind_of_a_variant(tree, path)
    if chosen:
        written = (Related(span, "the base writes it here"),)
        way_out = f"take it away with `{key}: null`, or leave the kind as it is"
        return Diagnostic("FC110", message, chosen, related=written, help=(way_out,))
    known = {k: n for k, n in mapping_of(node_at(schema, at)).items() if k != "after"}
    notes = (f"`{meant}` is required in {subject(at)}, and missing",) if meant else ()
    if meant == "macs" or (not meant and "macs" in known and key_for(key, ["macs"])):
        notes = (*notes, _MACS)
    foreign = next((c for c in key if not c.isascii() and not is_own(c)), None)
    if foreign and ascii_of(foreign) is None:
        notes = (*notes, named(foreign))
    free = [meant] if meant else _free(tree, path, known)
    slip = _slip(tree, path, free)
    help_, fixes = slip or _way_out(tree, schema, path, known, free)
    return Diagnostic("FC110", message, span, notes=notes, help=help_, fixes=fixes)


Advice = tuple[tuple[str, ...], tuple[Fix, ...]]


def _parts(key: str) -> tuple[str, str, str]:
    """A key that is glued to its value, as key, what joins them, and value."""
    found = _GLUED.fullmatch(plain(key).strip().strip("\"'"))
    return (found[1], found[2].strip(), found[3].strip()) if found else (key, "", "")


def _slip(tree: Tree, path: Path, free: list[str]) -> Advice | None:
    """The way out where key and value run together, or characters only look like a key's."""
    key, span = str(path[-1]), tree.key_span(path)
    word, joint, value = _parts(key)
    strange = lookalike(key)
    if joint and tree.get(path) is None and (value or strange):
        right = word if word in free else key_for(word, free) or nearest(word, free) or word
        text = f"{right}: {value}" if value else f"{right}:"
        if strange:
            said = f"{named(strange)}: write `{text}`"
        elif joint == ":":
            said = f"a blank belongs behind the colon: write `{text}`"
        else:
            said = f"a colon and a blank stand between a key and its value: write `{text}`"
        alone = tree.value_span(path).text.strip() == "" and span.line == span.end_line
        edits = (Edit(span, text),)
        fixes = (Fix(f"write `{text}`", edits, safe=right in free),) if alone and value else ()
        return (said,), fixes
    if strange and not joint:
        right = plain(key).strip().strip("\"'")
        return (f"{named(strange)}: write `{right}`",), rewritten(span, right, safe=right in free)
    return None


def _kind_of_a_variant(tree: Tree, path: Path) -> Span | None:
    """Where a variant gives the entry another kind than the base, whose key at `path` stays."""
    kind = tree.places.get((*path[:-1], "kind"))
    name, base = kind.value.source.name if kind else "", tree.key_span(path).source.name
    while kind and base in tree.includes and base != name:
        base = tree.includes[base].span.source.name
        if base == name:
            return kind.value
    return None


def _free(tree: Tree, path: Path, known: Iterable[str]) -> list[str]:
    """The keys that could be written beside the one at `path`: a base's may be written again."""
    source = tree.key_span(path).source
    at = path[:-1]
    return [
        key
        for key in known
        if (*at, key) not in tree.places or tree.key_span((*at, key)).source is not source
    ]


def _way_out(
    tree: Tree, schema: dict[str, Any], path: Path, known: dict[str, Any], free: list[str]
) -> Advice:
    """Where an unknown key belongs, which key was meant, or else all the keys there are."""
    key, at, span = str(path[-1]), path[:-1], tree.key_span(path)
    keys = f"known keys: {', '.join(f'`{name}`' for name in known)}"
    if (where := _elsewhere(key, at)) is not None:
        return (where, keys), ()
    entry = misplaced(tree, schema, path)
    slip = nearest(key, known) if at else surely(key, known)
    if entry is not None and not slip:
        return (entry[0],), entry[1]
    if (nested := _nested(tree, schema, path)) is not None:
        return nested
    if (inside := _inside(tree, path, known, exact=True)) is not None:
        return inside
    if (same := key_for(key, free)) is not None:
        return _called(tree, path, same)
    if (said := key_for(key, known)) is not None:
        return (f"`{said}` says the same, and is there: remove one of them",), ()
    if (inside := _inside(tree, path, known, exact=False)) is not None:
        return inside
    near = nearest(key, free) or nearest(key, known)
    if near:
        # all keys compete for being meant, but one that stands beside it already cannot be written
        fixes = renamed(span, key, near, known) if near in free else ()
        return (f"did you mean `{near}`?",), fixes
    return (*_owner(schema, key, at), keys), ()


def _called(tree: Tree, path: Path, same: str) -> Advice:
    """A key in another framework's words, with the unit that it may hold: `gflops: 4.5`."""
    key, value = str(path[-1]), tree.get(path)
    span, written = tree.key_span(path), tree.value_span(path)
    unit = _UNITS.match(key) if same in ("macs", "parameters") else None
    if unit and isinstance(value, int | float):
        text = f"{value:g}{unit[1].upper()}"
        both = (Edit(span, same), Edit(written, text))
        return (f"write `{same}: {text}`",), (Fix(f"write `{same}: {text}`", both),)
    return (f"did you mean `{same}`?",), renamed(span, key, same, (same,))


def _inside(tree: Tree, path: Path, known: dict[str, Any], *, exact: bool) -> Advice | None:
    """The entries of this one that have the key, or a key that means the same."""
    key = str(path[-1])
    found: dict[str, str] = {}
    for name, below in known.items():
        keys = mapping_of(below)
        word = key if key in keys else None if exact else key_for(key, keys)
        if word:
            found[name] = word
    if not found:
        return None
    first, word = next(iter(found.items()))
    places = " or ".join(f"`{name}`" for name in found)
    value = tree.get(path)
    single = isinstance(value, int | float | str)
    said = f"{word}: {flow(value)}" if single else example(word, mapping_of(known[first])[word])
    fixes = _moved(tree, path, first, said) if single and len(found) == 1 else ()
    return (f"it belongs in {places}: `{first}: {{{said}}}`",), fixes


def _moved(tree: Tree, path: Path, parent: str, said: str) -> tuple[Fix, ...]:
    """The fix that writes a key and its value inside a new entry, where there is none yet."""
    key, value = tree.key_span(path), tree.value_span(path)
    if (*path[:-1], parent) in tree.places or key.line != value.end_line:
        return ()
    whole = Span(key.source, key.line, key.column, value.end_line, value.end_column)
    return (Fix(f"write `{parent}: {{{said}}}`", (Edit(whole, f"{parent}: {{{said}}}"),)),)


def _nested(tree: Tree, schema: dict[str, Any], path: Path) -> Advice | None:
    """The way out where `bridge` or `classifier` holds a named entry, as a section would."""
    value = tree.get(path)
    if len(path) != 2 or path[0] not in _SINGLE or not isinstance(value, dict) or not value:
        return None
    keys = mapping_of(node_at(schema, path[:1]))
    if not all(key in keys for key in value) or not any(key in value for key in _TELLING):
        return None
    text = flow(value)
    alone = len(tree.value[str(path[0])]) == 1  # type: ignore[arg-type]
    span = tree.value_span(path[:1])
    fixes = rewritten(span, text, safe=False) if alone and span.text.startswith("{") else ()
    return (f"there is one, without a name: `{path[0]}: {text}`",), fixes


def _owner(schema: dict[str, Any], key: str, at: Path) -> tuple[str, ...]:
    """The entry around this one, or elsewhere in the spec, that has such a key."""
    for end in range(len(at) - 1, 0, -1):
        if key in mapping_of(node_at(schema, at[:end])):
            return (f"it belongs in {subject(at[:end])} itself",)
    for name in _OWNERS if at else ():
        node = mapping_of(schema)[name]
        if key in mapping_of(node_at(node, ("",)) or node):
            return (f"it is a key of {_OWNERS[name]}",)
    return ()


def _elsewhere(key: str, at: Path) -> str | None:
    """Where a key belongs that some nodes have and others do not."""
    in_graph = len(at) == 2 and at[0] == "graph"
    in_block = len(at) == 4 and (at[0], at[2]) == ("blocks", "graph")
    match key:
        case "when" if in_graph:
            return "it is a key of the nodes of a block; a variant takes a node away with `null`"
        case "repeat" if in_graph or in_block:
            return "it is a key of nodes that are a block of `blocks` with one input"
        case "ceil_mode":
            larger = "`kernel: 3, stride: 2, padding: 1` gives the larger half"
            return f"poolings round down, and there is no rounding up; {larger}"
        case "expect" if in_block:
            return "write it for the nodes of `graph` that are this block"
    return None
