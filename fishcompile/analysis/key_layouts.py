"""Which keys of a network the patterns of a layout name, and how.

Patterns are matched by comparing parts: a spec is no place for regular expressions, which may run
without end.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from fishcompile.diagnostics.names import shown
from fishcompile.language.key_layouts import LayoutSpec


class Keys(NamedTuple):
    """Our keys with theirs, and what is wrong: for a pattern of ours, or None for the whole."""

    theirs: dict[str, str]
    problems: tuple[tuple[str | None, str], ...]


def named(layout: LayoutSpec, keys: Iterable[str]) -> Keys:
    """Each of our keys as the layout has it, by the longest pattern that it begins with.

    Of patterns with the same number of parts the one with fewer stars counts; two that are alike
    in that too are a problem, as are keys without a pattern, patterns without a key, and two keys
    of one name.
    """
    patterns = _Patterns(layout)
    theirs: dict[str, str] = {}
    owners: dict[str, str] = {}
    left: list[str] = []
    # of each kind, the first of a pattern
    problems: dict[tuple[str, str | None], str] = {}
    used: set[str] = set()
    for key in keys:
        matches = patterns.best(key)
        used.update(pattern for pattern, _ in matches)
        if not matches:
            left.append(key)
            continue
        pattern, name = matches[0]
        if len(matches) > 1:
            other = matches[1][0]
            message = f"{shown(pattern)} and {shown(other)} both name `{key}`"
            problems.setdefault(("twice", other), message)
        if name in owners:
            message = f"`{owners[name]}` and `{key}` are both named `{name}`"
            problems.setdefault(("alike", pattern), message)
        owners[name] = key
        theirs[key] = name
    if left:
        more = f" and {len(left) - 1:,} more" if len(left) > 1 else ""
        problems["left", None] = f"no pattern names `{left[0]}`{more}"
    for pattern, _ in layout.patterns:
        if pattern not in used:
            problems["unused", pattern] = f"the pattern {shown(pattern)} names no key"
    return Keys(theirs, tuple((pattern, text) for (_, pattern), text in problems.items()))


class _Patterns:
    """The patterns of a layout by how many parts they have: those without stars, and the others."""

    def __init__(self, layout: LayoutSpec) -> None:
        """Of a layout that `check_layouts` finds nothing in."""
        self._plain: dict[str, str] = {}
        self._starred: dict[int, list[tuple[str, str, list[tuple[str, str, str]]]]] = {}
        for ours, theirs in layout.patterns:
            if "*" not in ours:
                self._plain[ours] = theirs
                continue
            parts = [part.partition("*") for part in ours.split(".")]
            self._starred.setdefault(len(parts), []).append((ours, theirs, parts))
        for patterns in self._starred.values():
            patterns.sort(key=lambda item: item[0].count("*"))
        self._cache: dict[tuple[str, ...], list[tuple[str, str]]] = {}

    def best(self, key: str) -> list[tuple[str, str]]:
        """The pattern that names a key, and the name; more than one where they are alike."""
        parts = tuple(key.split("."))
        for end in range(len(parts), 0, -1):
            begin = parts[:end]
            if begin not in self._cache:
                self._cache[begin] = self._exact(begin)
            if self._cache[begin]:
                rest = parts[end:]
                return [(p, ".".join([name, *rest])) for p, name in self._cache[begin]]
        return []

    def _exact(self, begin: tuple[str, ...]) -> list[tuple[str, str]]:
        """The patterns of as many parts that match, with the fewest stars."""
        text = ".".join(begin)
        if text in self._plain:
            return [(text, self._plain[text])]
        found: list[tuple[str, str]] = []
        for ours, theirs, parts in self._starred.get(len(begin), ()):
            if found and ours.count("*") > found[0][0].count("*"):
                break
            filling = _filling(begin, parts)
            if filling is not None:
                found.append((ours, _filled(theirs, filling)))
        return found


def _filling(begin: tuple[str, ...], parts: list[tuple[str, str, str]]) -> list[str] | None:
    """What the stars stand for, where every part matches."""
    filling: list[str] = []
    for text, (before, star, after) in zip(begin, parts, strict=True):
        if not star:
            if text != before:
                return None
        elif len(text) > len(before + after) and text.startswith(before) and text.endswith(after):
            filling.append(text[len(before) : len(text) - len(after)])
        else:
            return None
    return filling


def _filled(theirs: str, filling: list[str]) -> str:
    first, *rest = theirs.split("*")
    return first + "".join(text + tail for text, tail in zip(filling, rest, strict=True))
