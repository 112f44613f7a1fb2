"""YAML text of plain values: in flow style, or a value a line with a comment behind it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

from fishcompile.reader.tree import Path, Plain

# words and formulas, paths, and numbers with their unit
_PLAIN = re.compile(r"(?:\.{1,2}/)*[A-Za-z][A-Za-z0-9_.+*/() -]*|[0-9.]+[kMGT]")
_NOT_TEXT = {"null", "true", "false"}  # and what YAML reads as them in other letters


def lines_of(
    value: dict[str, Plain], comment: Callable[[Path], str], path: Path = ()
) -> Iterator[str]:
    """The lines of a mapping; `comment` gives what is said of the value at a path."""
    indent = "  " * len(path)
    for key, item in value.items():
        at = (*path, key)
        if isinstance(item, dict) and item:
            yield f"{indent}{flow(key)}:"
            yield from lines_of(item, comment, at)
        else:
            first = (*at, 0) if isinstance(item, list) else at
            said = comment(at) if comment(at) != "implied" else comment(first)
            yield f"{indent}{flow(key)}: {flow(item)}  # {said}"


def flow(value: Plain) -> str:
    """A value in flow style; texts are quoted where they would be read as something else."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow(key)}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, str):
        return value if is_plain(value) else json.dumps(value, ensure_ascii=False)
    return json.dumps(value)


def is_plain(text: str) -> bool:
    """Whether a text may stand without quotes, in flow style as well, and be read as that text."""
    named = _PLAIN.fullmatch(text) is not None and text.strip() == text
    return named and text.lower() not in _NOT_TEXT
