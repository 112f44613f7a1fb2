"""What `--diff` shows: a unified diff that `patch` takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import unified_diff as _unified_diff

from fishcompile.formats._snippets import visible

_LINES = re.compile(r"[^\n]*\n|[^\n]+")


def unified_diff(old: str, new: str, name: str) -> str:
    """The difference of two texts; the empty string where there is none.

    The lines are as in the texts, with their line breaks; the name is escaped.
    """
    before, after = _LINES.findall(old), _LINES.findall(new)
    shown = visible(name)
    return "".join(_marked(_unified_diff(before, after, f"a/{shown}", f"b/{shown}")))


def _marked(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line
        if not line.endswith("\n"):
            yield "\n\\ No newline at end of file\n"
