"""Layouts of state-dict keys of other code, as a spec writes them, and what is no pattern.

A pattern is what keys begin with, whole parts between dots: `layer*.*.conv1.bn`. A star stands for
any text within its part, and fills the stars of the other side in order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fishcompile.diagnostics.finding import Diagnostic
from fishcompile.diagnostics.names import shown
from fishcompile.reader.tree import Path, Tree
from fishcompile.record import record

# The layouts that every spec has: our own keys, and those of FishNet's authors.
FISHCOMPILE, AUTHORS = "fishcompile", "authors"
MAX_PATTERNS = 128
MAX_LENGTH = 128
_FORM = ("write it as `layer*.*.conv1.bn: layer*.*.bn1`: as many stars on both sides",)
_OURS = re.compile(r"[a-z0-9_*]+(\.[a-z0-9_*]+)*")
_THEIRS = re.compile(r"[A-Za-z0-9_*-]+(\.[A-Za-z0-9_*-]+)*")


@record
class LayoutSpec:
    """A layout of other code: what our keys begin with, and what theirs do."""

    name: str
    patterns: tuple[tuple[str, str], ...]

    @property
    def path(self) -> Path:
        """Where it stands in the tree."""
        return ("layouts", self.name)


def check_layouts(layouts: tuple[LayoutSpec, ...], tree: Tree) -> Iterator[Diagnostic]:
    """Layouts named as a built-in one, and patterns that cannot be any."""
    for layout in layouts:
        at = tree.key_span(layout.path)
        if layout.name in (FISHCOMPILE, AUTHORS):
            message = f"`{layout.name}` is the name of a layout that every spec has"
            yield Diagnostic("FC201", message, at, help=("choose another name",))
        if len(layout.patterns) > MAX_PATTERNS:
            count = len(layout.patterns)
            message = f"the layout has {count:,} patterns, and at most {MAX_PATTERNS} are allowed"
            yield Diagnostic("FC104", message, at, help=("let a star stand for what repeats",))
            continue
        for ours, theirs in layout.patterns:
            path = (*layout.path, ours)
            reason = _malformed(ours, _OURS, "lower-case letters, digits and `_`")
            if reason or max((part.count("*") for part in ours.split(".")), default=0) > 1:
                reason = reason or "has two stars in one part between dots"
                message = f"the pattern {shown(ours)} {reason}"
                yield Diagnostic("FC112", message, tree.key_span(path), help=_FORM)
                continue
            reason = _malformed(theirs, _THEIRS, "letters, digits, `_` and `-`")
            if not reason and theirs.count("*") != ours.count("*"):
                wanted, has = ours.count("*"), theirs.count("*")
                reason = f"must have as many stars as {shown(ours)}, {wanted}, and has {has}"
            if reason:
                message = f"the pattern {shown(theirs)} {reason}"
                yield Diagnostic("FC112", message, tree.value_span(path), help=_FORM)


def _malformed(pattern: str, form: re.Pattern[str], letters: str) -> str | None:
    if len(pattern) > MAX_LENGTH:
        return f"has {len(pattern):,} characters, and at most {MAX_LENGTH} are allowed"
    return None if form.fullmatch(pattern) else f"is not parts of {letters} with dots between them"
