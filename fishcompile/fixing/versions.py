"""A spec's text brought to the current version: keys and the version number, and nothing else.

`migrated` for a file, `forward` for a tree at hand, such as that of an open document. The edits are
read off the migrated tree: a key is edited where the tree calls it otherwise. The edited text is
read again, and counts only where it says what the migrated tree says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from fishcompile.diagnostics.finding import Diagnostic, Edit, Fix, SpecError, fail
from fishcompile.diagnostics.source import Span
from fishcompile.fixing.specs import FixedSpec
from fishcompile.fixing.text import fixed_text
from fishcompile.loading.migrations import migrate, stages, version_of
from fishcompile.reader.read import BOM, read_bytes, read_text
from fishcompile.reader.tree import Path as TreePath
from fishcompile.reader.tree import Tree
from fishcompile.record import record
from fishcompile.schema.version import VERSION, wrong_version
from fishcompile.schema.wording import subject

_MODELINE = re.compile(r"^#[ \t]*yaml-language-server:[^\n\r]*fishspec-(\d+)\.schema")
_ANCHORS = "write out what the alias stands for, then run this again"


@record
class Migrated:
    """A spec of an older version: its text before and after, and what was changed.

    `modeline` is the line that names the schema of another version, which is left as it is.
    """

    spec: FixedSpec
    since: int
    keys: int
    modeline: int | None


def migrated(path: Path, data: bytes) -> Migrated | None:
    """The spec at `path`, whose bytes are `data`, in the current version; None where it is.

    Raises:
        UnversionedError: where the text is no YAML, or says no version that is known.
        SpecError: where the text cannot be edited so that it says the same.
    """
    name = str(path)
    try:
        tree = read_bytes(data, name)
    except SpecError as error:
        raise UnversionedError(error.report) from None
    version = version_of(tree)
    if version is None:
        unknown = wrong_version(tree)
        assert unknown is not None, "the current version is known"
        raise UnversionedError(fail(unknown).report)
    if version == VERSION:
        return None
    fix, text = forward(tree)
    after = (BOM if data.startswith(BOM.encode()) else "").encode() + text.encode()
    return Migrated(FixedSpec(path, data, after), version, len(fix.edits) - 1, _modeline(tree))


class UnversionedError(SpecError):
    """A file that is no spec, or says no version that is known."""


def forward(tree: Tree) -> tuple[Fix, str]:
    """The fix that brings the text of an older version to the current one, and the text it gives.

    The last of its edits is that of the version number. Raises SpecError where the text cannot be
    edited so that it says the same.
    """
    _refuse_clashes(tree)
    current = migrate(tree)
    at = tree.value_span(("fishspec",))
    edits = (*_keys(tree, current), Edit(at, str(VERSION)))
    fix = Fix(f"bring the spec to version {VERSION}", edits, safe=True)
    text, _ = fixed_text(tree.source, [fix])
    _verify(current, text, at)
    return fix, text


def _refuse_clashes(tree: Tree) -> None:
    """Raises FC113 where a key stands beside the name that a later version has for it."""
    for step, older in stages(tree):
        for path, old in step.clashes(older.value).items():
            called = f"what version {step.since + 1} calls `{old}`"
            message = f"`{path[-1]}` is {called}, which stands here too"
            help_ = (f"remove one of them; version {step.since} reads `{old}`",)
            raise fail(Diagnostic("FC113", message, older.key_span(path), help=help_))


def _keys(tree: Tree, current: Tree) -> Iterator[Edit]:
    """An edit for every key that has another name now; what an alias repeats is written once."""
    # both trees have the same places in the same order: a migration renames and moves nothing
    read: dict[Span, dict[tuple[str, str], TreePath]] = {}
    for (old, place), new in zip(tree.places.items(), current.places, strict=True):
        if place.key is not None:
            names = (str(old[-1]), str(new[-1]))
            read.setdefault(place.key, {}).setdefault(names, old)
    for span, names_at in read.items():
        if len(names_at) > 1:
            raise fail(_two_meanings(span, names_at))
        ((old_name, new_name),) = names_at
        if old_name != new_name:
            quote = span.text[:1] if span.text[:1] in ("'", '"') else ""
            yield Edit(span, f"{quote}{new_name}{quote}")


def _two_meanings(span: Span, names: dict[tuple[str, str], TreePath]) -> Diagnostic:
    """FC113 for a key under an anchor that one alias reads as a key to rename, another as none."""
    said = [
        f"`{new}` in {subject(path[:-1])}" if new != old else f"`{old}` in {subject(path[:-1])}"
        for (old, new), path in names.items()
    ]
    message = f"in version {VERSION} this one key would be {' and '.join(said)}"
    return Diagnostic("FC113", message, span, help=(_ANCHORS,))


def _verify(current: Tree, text: str, at: Span) -> None:
    """Raises SpecError where the new text does not say what the migrated tree says."""
    try:
        same = _said(read_text(text, at.source.name)) == _said(current)
    except SpecError:
        same = False
    if not same:
        message = f"version {VERSION} cannot be written without a change elsewhere in the file"
        raise fail(Diagnostic("FC113", message, at, help=(_ANCHORS,)))


def _said(tree: Tree) -> str:
    """All values in order; unlike Python, JSON tells 1, 1.0 and true apart."""
    return json.dumps(tree.value)


def _modeline(tree: Tree) -> int | None:
    lines = enumerate(tree.source.lines, start=1)
    found = ((number, _MODELINE.match(line)) for number, line in lines)
    return next((number for number, match in found if match and int(match[1]) != VERSION), None)
