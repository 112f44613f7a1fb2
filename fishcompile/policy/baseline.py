"""Baseline: the findings that a project had when it adopted the gate, accepted until mended.

`read_baseline` for `--baseline`, `write_baseline` for `--write-baseline`. An entry knows its
finding by the spec that was checked, the file it stands in, its rule, the text of its line and a
count of equal ones before it, so lines may move and what one variant breaks is accepted of no
other. Errors of every family can be accepted, as old specs may be broken; a file that cannot be
read cannot.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

from fishcompile.diagnostics.errors import UsageError
from fishcompile.diagnostics.finding import Diagnostic
from fishcompile.diagnostics.fingerprints import fingerprints
from fishcompile.files import is_file, reading, resolved, write_atomic
from fishcompile.files.questions import asked, exists
from fishcompile.record import record

VERSION = 2
_KIND = "fishcompile baseline"
_MAX_BYTES = 1 << 26
_MAX_LINE = 160
_ANEW = "write it anew with --write-baseline"


class Entry(NamedTuple):
    """A finding that is accepted: the spec that has it, and its fingerprint.

    The spec is a base where the base has the finding by itself, and its variants only from it.
    """

    checked: str
    path: str
    rule: str
    line: str
    number: int


@record
class Baseline:
    """The entries of the file at `path`."""

    path: Path
    entries: frozenset[Entry] = frozenset()

    @property
    def folder(self) -> Path:
        """What the entries' paths are relative to."""
        return resolved(self.path).parent

    def stale(self, matched: set[Entry], files: Iterable[str]) -> tuple[Entry, ...]:
        """The entries that nothing matched, of the files that were checked or are gone."""
        checked = {_relative(file, self.folder) for file in files}
        left = self.entries - matched
        return tuple(
            entry
            for entry in sorted(left)
            if entry.checked in checked or not exists(self.folder / entry.checked)
        )


def accepted(found: Sequence[Diagnostic], folder: Path, checked: str = "") -> list[Entry]:
    """The entry for each finding of the spec `checked` in a baseline of this folder."""
    relative = cache(partial(_relative, folder=folder))
    marks = fingerprints(found, relative, _normal)
    owners = (one.owner or checked or one.span.source.name for one in found)
    return [Entry(relative(owner), *mark) for owner, mark in zip(owners, marks, strict=True)]


def read_baseline(path: Path) -> Baseline:
    """The baseline at `path`. Raises UsageError where there is none or it does not hold."""
    if not is_file(path):
        raise UsageError(f"there is no baseline {path}", "make it with --write-baseline")
    asked("bytes", path, str(_MAX_BYTES + 1))
    with reading(path), path.open("rb") as file:
        data = file.read(_MAX_BYTES + 1)
    if len(data) > _MAX_BYTES:
        raise UsageError(f"{path} has more than {_MAX_BYTES:,} bytes", _ANEW)
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} is not a baseline: {error}", _ANEW) from error
    if not isinstance(content, dict) or content.get("kind") != _KIND:
        raise UsageError(f"{path} is not a baseline of fishcompile", _ANEW)
    if content.get("version") not in (1, VERSION):
        raise UsageError(f"{path} is of another version than {VERSION}", _ANEW)
    findings = content.get("findings")
    if not isinstance(findings, list):
        raise UsageError(f"{path}: `findings` is a list", _ANEW)
    return Baseline(path, frozenset(_entry(item, at, path) for at, item in enumerate(findings)))


def write_baseline(path: Path, reports: Iterable[tuple[str, Sequence[Diagnostic]]]) -> Baseline:
    """Accepts what is found in these specs, and nothing else, in the file at `path`.

    Raises UsageError where that is a file that is no baseline.
    """
    if is_file(path):
        with reading(path):
            old = path.read_bytes()[:_MAX_BYTES]
        if old.strip() and _KIND.encode() not in old[:200]:
            raise UsageError(f"{path} is not a baseline; it is not overwritten")
    folder = resolved(path).parent
    found = {
        entry
        for checked, diagnostics in reports
        for entry in accepted([d for d in diagnostics if d.rule != "FC100"], folder, checked)
    }
    findings = [entry._asdict() for entry in sorted(found)]
    content = {"kind": _KIND, "version": VERSION, "findings": findings}
    write_atomic(path, (json.dumps(content, indent=1) + "\n").encode())
    return Baseline(path, frozenset(found))


def held_back_words(count: int, path: Path) -> str:
    """What to say of the findings that a baseline keeps from a run; empty where there are none."""
    return f"{path} holds back {count} finding{'s' if count != 1 else ''}" if count else ""


def stale_words(stale: Sequence[Entry]) -> str:
    """What to say of entries that match nothing any more; empty where there are none."""
    if not stale:
        return ""
    many = f"{len(stale)} baseline entries match"
    count = "1 baseline entry matches" if len(stale) == 1 else many
    lines = [f"  {entry.checked}: {entry.rule}: {entry.line}" for entry in stale[:20]]
    more = [f"  and {len(stale) - 20} more"] if len(stale) > 20 else []
    return "\n".join([f"{count} nothing any more; {_ANEW}", *lines, *more])


def _entry(item: object, at: int, path: Path) -> Entry:
    if isinstance(item, dict) and "checked" not in item:
        item = {"checked": item.get("path"), **item}  # version 1 knew no other
    if isinstance(item, dict) and item.keys() == set(Entry._fields):
        entry = Entry(**item)
        texts = (entry.checked, entry.path, entry.rule, entry.line)
        if all(isinstance(text, str) for text in texts) and type(entry.number) is int:
            return entry
    keys = ", ".join(f"`{key}`" for key in Entry._fields)
    raise UsageError(f"{path}: entry {at + 1} of `findings` does not consist of {keys}", _ANEW)


def _relative(file: str, folder: Path) -> str:
    target = resolved(Path(file))
    try:
        return Path(os.path.relpath(target, folder)).as_posix()
    except ValueError:  # on another drive
        return target.as_posix()


def _normal(line: str) -> str:
    """A line's text without its indentation and the widths of its spaces, and of bounded length."""
    text = " ".join(line.split())
    if len(text) <= _MAX_LINE:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
    return f"{text[:_MAX_LINE]}... {digest}"
