"""Settings: values of `--set`, laid over a spec as a variant's are.

A setting is a path of keys and a value of YAML: `tail.tail1.out=64`, `bridge=null`. What it breaks
is found at its own text, which stands as a file called `--set`, a line a setting.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fishcompile.diagnostics.errors import UsageError
from fishcompile.diagnostics.finding import SpecError
from fishcompile.diagnostics.names import shown
from fishcompile.diagnostics.nearest import nearest
from fishcompile.diagnostics.source import Source, Span
from fishcompile.reader.read import read_text
from fishcompile.reader.tree import Path, Place, Plain, Tree
from fishcompile.reader.write import flow
from fishcompile.record import record
from fishcompile.schema.wording import ENTRIES

NAME = "--set"  # what findings call the text of the settings

RECOMPUTE = ("recompute",)
_FILES = ("extends", "use")


@record
class Setting:
    """A path of keys, the value for it, and how that was written."""

    path: tuple[str, ...]
    value: Plain
    text: str

    def __str__(self) -> str:
        return f"{'.'.join(self.path)}={self.text}"


def settings_of(words: Iterable[str]) -> tuple[Setting, ...]:
    """The settings that words such as `tail.tail1.out=64` mean. Raises UsageError."""
    found = []
    for word in words:
        path, text = split(word)
        found.append(Setting(path, value_of(text, word), text))
    _refuse_twice([each.path for each in found])
    return tuple(found)


def settings_from(values: Mapping[str, Any]) -> tuple[Setting, ...]:
    """The same of values by their paths, as Python has them. Raises UsageError."""
    words = []
    for path, value in values.items():
        try:
            words.append(f"{path}={flow(value)}")
        except TypeError:
            raise UsageError(f"{path} cannot be set to {value!r}", "give a value of YAML") from None
    return settings_of(words)


def recompute_setting(words: str) -> Setting:
    """The setting that `--recompute` means: `preact`, `stages`, or stages parted by commas."""
    names = [word.strip() for word in words.split(",")]
    value = names[0] if names in (["preact"], ["stages"]) else f"[{', '.join(names)}]"
    return settings_of([f"recompute={value}"])[0]


def split(word: str) -> tuple[tuple[str, ...], str]:
    """The path and the text of the value in a word. Raises UsageError."""
    path, equals, text = word.partition("=")
    keys = tuple(path.strip().split("."))
    if not equals or not text.strip() or not all(keys):
        way_out = "write a path of keys and a value: --set tail.tail1.out=64"
        raise UsageError(f"{shown(word)} sets nothing", way_out)
    return keys, text.strip()


def value_of(text: str, word: str) -> Plain:
    """The value that a text of YAML means. Raises UsageError."""
    try:
        return read_text(f"value: {text}", NAME).value["value"]
    except (SpecError, KeyError) as error:
        why = f": {error.report.diagnostics[0].message}" if isinstance(error, SpecError) else ""
        raise UsageError(f"the value of {shown(word)} does not read{why}") from None


def _refuse_twice(paths: Sequence[tuple[str, ...]]) -> None:
    """A path, or one that holds it, is set once."""
    seen: set[tuple[str, ...]] = set()
    for path in sorted(paths, key=len):
        if any(path[:end] in seen for end in range(1, len(path) + 1)):
            raise UsageError(f"{'.'.join(path)} is set twice", "set it once")
        seen.add(path)


def variant_of(settings: Sequence[Setting], base: Tree) -> Tree:
    """What the settings write, as a variant of a base. Raises UsageError for a path not there."""
    source = Source(NAME, "\n".join(map(str, settings)))
    value: dict[str, Plain] = {}
    places: dict[Path, Place] = {}
    for line, setting in enumerate(settings, 1):
        _require(setting, base)
        node, column = value, 1
        end = len(str(setting)) + 1
        whole = Span(source, line, end - len(setting.text), line, end)
        for depth, key in enumerate(setting.path, 1):
            span = Span(source, line, column, line, column + len(key))
            places[setting.path[:depth]] = Place(span, whole)
            column += len(key) + 1
            if depth < len(setting.path):
                below = node.setdefault(key, {})
                assert isinstance(below, dict), "no path holds another"
                node = below
        node[setting.path[-1]] = setting.value
    places[()] = Place(None, Span(source, 1, 1, 1, 1))
    return Tree(value, places, source)


def _require(setting: Setting, base: Tree) -> None:
    """A setting is of what the spec has: a stage that is not there is a mistyped one.

    Any other key is the schema's to judge, which knows what may be left to a default. Which files
    make up a spec is not a matter of settings.
    """
    if setting.path[0] in _FILES:
        message = f"{shown(str(setting))}: `{setting.path[0]}` cannot be set"
        raise UsageError(message, "write it in the spec, or in a variant of it")
    node: Plain = base.value
    for depth, key in enumerate(setting.path[:-1]):
        if not isinstance(node, dict) or (key not in node and not _named(setting.path[:depth])):
            return
        if key not in node:
            near = nearest(key, node)
            at = ".".join(setting.path[: depth + 1])
            names = ", ".join(list(node)[:20])
            way_out = f"did you mean {near}?" if near else f"it has {names}" if names else ""
            raise UsageError(f"{shown(str(setting))}: the spec has no {shown(at)}", way_out)
        node = node[key]


def _named(path: Path) -> bool:
    """Whether the keys of the mapping at a path are names that the author chose."""
    inside = len(path) == 3 and (path[0], path[2]) == ("blocks", "graph")
    return inside or (len(path) == 1 and path[0] in ENTRIES)
