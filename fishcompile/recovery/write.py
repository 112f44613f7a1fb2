"""Writing a spec as text in the style of specs/: a section per block, a stage per line.

Plain values in, text out: what the values mean is not looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fishcompile.reader.tree import Path, Plain
from fishcompile.reader.write import flow

# Sections whose entries stand on lines of their own.
_LISTED = ("stem", "tail", "body", "head")


def write_spec(
    value: Mapping[str, Plain], notes: Mapping[Path, str], heading: Sequence[str] = ()
) -> str:
    """The text of a spec. `notes`, by the path of a section or its entry, become its comment.

    `heading` are comments at the top, each at most one line. A note at `()` is the last line.
    """
    lines = [f"# {line}" for line in heading]
    airy = "extends" not in value  # a variant is short
    before = False
    for key, item in value.items():
        listed = key in _LISTED and isinstance(item, dict)
        if (listed or before) if airy else (listed and not before):
            lines.append("")
        before = listed or (key == "bridge" and airy) or (before and not airy)
        if listed and isinstance(item, dict):
            lines.append(f"{key}:{_comment(notes, (key,))}")
            lines += [
                f"  {flow(name)}: {flow(entry)}{_comment(notes, (key, name))}"
                for name, entry in item.items()
            ]
        else:
            lines.append(f"{key}: {flow(item)}{_comment(notes, (key,))}")
    if () in notes:
        lines.append(f"# {notes[()]}")
    return "\n".join([*lines, ""])


def _comment(notes: Mapping[Path, str], path: Path) -> str:
    return f" # {notes[path]}" if path in notes else ""
