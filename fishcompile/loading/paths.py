"""Paths as specs have them, relative and with `/`; and what was meant by one that is not so."""

from __future__ import annotations

import os
import re
from itertools import islice
from pathlib import Path

from fishcompile.diagnostics.finding import Fix
from fishcompile.diagnostics.nearest import surely
from fishcompile.diagnostics.source import Span
from fishcompile.files.questions import asked
from fishcompile.reader.respell import rewritten

_LISTED = 1000  # entries of a folder that are looked at
_DRIVE = re.compile(r"[A-Za-z]:[\\/]", re.ASCII)

_ESCAPES = {
    "a": "a bell", "b": "a backspace", "e": "an escape character", "f": "a form feed",
    "n": "a line break", "r": "a carriage return", "t": "a tab", "v": "a vertical tab",
    "0": "a NUL",
}  # fmt: skip

Advice = tuple[str, str, tuple[Fix, ...]]


def of_windows(key: str, target: str, span: Span, *, there: bool) -> Advice | None:
    """Message, help and fix for a path with backslashes, which no spec has on any system.

    In double quotes a backslash may have made another character of what follows it.
    """
    written = span.text.strip("\"'") if span.line == span.end_line else target
    drive = _DRIVE.match(target)
    made = not target.isprintable() and "\\" in written and not there
    if "\\" not in target and not made and not drive:
        return None
    path = re.sub(r"[\\/]+", "/", written)
    if drive:
        message = f"`{key}` is a path of Windows, and a spec's are relative to the spec"
        name = path.rsplit("/", 1)[-1]
        return message, f"write it from the spec's folder on, with `/`, such as `{name}`", ()
    message = f"`{key}` names a file with `/`, on every system"
    help_ = f"write `{key}: {path}`"
    escape = re.search(r"\\([abefnrtv0])", written) if span.text.startswith('"') else None
    if escape:
        help_ += f"; `\\{escape[1]}` in double quotes is {_ESCAPES[escape[1]]}"
    return message, help_, rewritten(span, path, safe=False)


def not_there(target: str, file: Path, root: Path, span: Span) -> Advice | None:
    """Help and fix for a file that is not there where one in its folder is called nearly so."""
    if not file.parent.is_relative_to(root):
        return None
    asked("match", file.parent, "*")
    try:
        with os.scandir(file.parent) as entries:
            names = [entry.name for entry in islice(entries, _LISTED)]
    except OSError:
        return None
    specs = sorted(name for name in names if name.endswith((".yaml", ".yml")))
    same = [name for name in specs if name.lower() == file.name.lower()]
    own = Path(span.source.name).name  # a spec is never its own base
    stems = {name.rpartition(".")[0]: name for name in specs if name != own}
    near = same[0] if same else stems.get(surely(file.stem, stems) or "")
    if near is None or near == file.name:
        return None
    meant = target[: len(target) - len(file.name)] + near if target.endswith(file.name) else near
    return "", f"did you mean `{meant}`?", rewritten(span, meant, safe=False)
