"""Specs mended: safe fixes applied and checked again, until there are none or they do not help.

`fix_specs` works in memory; `write_specs` then writes what changed, and `diff` shows it.
"""

from __future__ import annotations

import stat
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from fishcompile.diagnostics.errors import UsageError
from fishcompile.diagnostics.finding import Diagnostic, Fix, Report, SpecError
from fishcompile.diagnostics.source import Source
from fishcompile.files import reading, resolved, write_atomic
from fishcompile.fixing.text import fixed_text, safe_fixes, unified_diff
from fishcompile.pipeline import examine
from fishcompile.reader.read import BOM, read_bytes, read_file
from fishcompile.reader.tree import Tree
from fishcompile.record import record

MAX_ROUNDS = 10


@record
class FixedSpec:
    """A spec before and after, and the fixes that made the difference."""

    path: Path
    before: bytes
    after: bytes
    applied: tuple[Fix, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether anything was fixed."""
        return self.before != self.after

    def diff(self) -> str:
        """What was fixed as a unified diff."""
        before, after = (text.decode("utf-8", "replace") for text in (self.before, self.after))
        return unified_diff(before, after, str(self.path))


def fix_specs(
    paths: Sequence[Path], given: Mapping[Path, bytes] | None = None
) -> tuple[FixedSpec, ...]:
    """Those of the specs at `paths` that safe fixes change; nothing is written.

    Only these files are fixed, not their bases. `given` are texts that stand for files, such as
    standard input. A spec never comes out with more errors than it had; see `_errors`.
    """
    memory = Memory({resolved(path): data for path, data in (given or {}).items()})
    fixed: dict[Path, FixedSpec] = {}
    own = {resolved(path): path for path in reversed(paths)}
    for _ in range(MAX_ROUNDS):  # a variant may be mended only once its base is
        changed = [spec for path in reversed(own.values()) if (spec := _fix_spec(path, memory))]
        if not changed:
            break
        for spec in changed:
            first = fixed.get(spec.path, FixedSpec(spec.path, spec.before, b""))
            applied = (*first.applied, *spec.applied)
            fixed[spec.path] = FixedSpec(spec.path, first.before, spec.after, applied)
    return tuple(fixed[path] for path in reversed(own.values()) if path in fixed)


def write_specs(specs: Sequence[FixedSpec]) -> None:
    """Writes each changed spec whole or not at all, with the permissions it had.

    Raises UsageError where a file cannot be written, or is no longer what was checked.
    """
    for spec in specs:
        if not spec.changed:
            continue
        with reading(spec.path):
            mode = stat.S_IMODE(spec.path.stat().st_mode)
            if spec.path.read_bytes() != spec.before:
                raise UsageError(f"{spec.path} has changed since it was checked", "run it again")
        write_atomic(spec.path, spec.after)
        spec.path.chmod(mode)


class Memory:
    """Files by resolved path, as they are after the fixes; those not in it are on disk."""

    def __init__(self, data: dict[Path, bytes]) -> None:
        self._data = data

    def read(self, path: Path, name: str) -> Tree:
        """Reads as `read_file` does."""
        data = self._data.get(resolved(path))
        return read_file(path, name) if data is None else read_bytes(data, name)

    def report(self, path: Path) -> Report:
        """What is found in the spec at `path`."""
        try:
            return examine(path, self.read)[0]
        except SpecError as error:
            return error.report

    def bytes_of(self, path: Path) -> bytes:
        """The file as it is now. Raises UsageError where it has gone from the disk."""
        with reading(path):
            if resolved(path) not in self._data:
                self.put(path, path.read_bytes())
        return self._data[resolved(path)]

    def put(self, path: Path, data: bytes) -> None:
        """Replaces the file in memory."""
        self._data[resolved(path)] = data

    def apply(self, path: Path, fixes: Sequence[Fix]) -> tuple[Fix, ...]:
        """Applies fixes, and gives those that were: of two that overlap, the first."""
        data = self.bytes_of(path)
        bom = BOM if data.startswith(BOM.encode()) else ""
        source = Source(str(path), data.decode().removeprefix(BOM))
        current = [fix for fix in fixes if fix.edits[0].span.source == source]
        text, applied = fixed_text(source, current)
        self.put(path, (bom + text).encode())
        return applied


def _fix_spec(path: Path, memory: Memory) -> FixedSpec | None:
    """One spec fixed in memory; None where nothing could be."""
    found = memory.report(path).diagnostics
    if not safe_fixes(found, str(path)):
        return None
    before = memory.bytes_of(path)
    errors = _errors(found)
    applied = _rounds(path, memory, None)
    if _errors(memory.report(path).diagnostics) > errors:
        memory.put(path, before)
        applied = _rounds(path, memory, errors)
    after = memory.bytes_of(path)
    return FixedSpec(path, before, after, applied) if after != before else None


def _rounds(path: Path, memory: Memory, most: tuple[int, ...] | None) -> tuple[Fix, ...]:
    """Applies what is safe until nothing is left, with `most` each fix only if it is no harm."""
    applied: list[Fix] = []
    for _ in range(MAX_ROUNDS):
        fixes = safe_fixes(memory.report(path).diagnostics, str(path))
        kept = memory.apply(path, fixes) if most is None else _harmless(path, memory, fixes, most)
        if not kept:
            break
        applied += kept
    return tuple(applied)


def _harmless(
    path: Path, memory: Memory, fixes: list[Fix], most: tuple[int, ...]
) -> tuple[Fix, ...]:
    """Applies those of the fixes, tried one by one, that leave no more errors than `most`."""
    before = memory.bytes_of(path)
    kept: tuple[Fix, ...] = ()
    for fix in fixes:
        memory.put(path, before)
        tried = memory.apply(path, [*kept, fix])
        if _errors(memory.report(path).diagnostics) <= most:
            kept = tried
    memory.put(path, before)
    return memory.apply(path, kept)


_STAGES = ("FC10", "FC113", "FC12", "FC11", "FC20", "FC3", "FC4")


def _errors(found: Sequence[Diagnostic]) -> tuple[int, ...]:
    """The errors of each stage of the checker, in its order: a spec got worse where this rises.

    What a later stage finds once an earlier one lets the spec through is no harm done by a fix.
    """
    counts = Counter(
        next((at for at, stage in enumerate(_STAGES) if d.rule.startswith(stage)), len(_STAGES))
        for d in found
        if d.severity == "error"
    )
    return tuple(counts[at] for at in range(len(_STAGES) + 1))
