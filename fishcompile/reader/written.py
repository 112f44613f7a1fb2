"""Written: where the nodes of a text stand, for what reads or edits a text by place.

A tree has the places of values; this has those of anchors, aliases and keys as well, each once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import yaml

from fishcompile.diagnostics.source import Source
from fishcompile.reader.read import events
from fishcompile.reader.syntax_errors import position


class Written(NamedTuple):
    """A node from its anchor on: line and column of its begin and its end, 1-based.

    `anchor` is the name behind its `&`, or, of an alias, behind the `*`. `style` is the character
    that a scalar begins with, `|` and `>` of texts of several lines among them; None of a plain
    one and of what is no scalar.
    """

    begin: tuple[int, int]
    end: tuple[int, int]
    is_scalar: bool
    anchor: str | None
    style: str | None


def written(source: Source) -> Iterator[Written]:
    """The nodes in the order in which they end. Raises SpecError where the text is not YAML."""
    opened: list[tuple[str | None, tuple[int, int]]] = []
    for event in events(source):
        if isinstance(event, yaml.CollectionStartEvent):
            opened.append((event.anchor, position(source, event.start_mark)))
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, begin = opened.pop()
            yield Written(begin, position(source, event.end_mark), False, anchor, None)
        elif isinstance(event, yaml.NodeEvent):
            is_scalar = isinstance(event, yaml.ScalarEvent)
            style = event.style if isinstance(event, yaml.ScalarEvent) else None
            begin, end = (position(source, mark) for mark in (event.start_mark, event.end_mark))
            yield Written(begin, end, is_scalar, event.anchor, style or None)
