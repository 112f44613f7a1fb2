"""`check --fix` and `--diff`: the safe fixes of a run, written or shown."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from fishcompile.fixing.specs import FixedSpec, fix_specs, write_specs
from fishcompile.loading.inputs import Input


def show_fixes(inputs: Sequence[Input], given: Mapping[Path, bytes]) -> int:
    """Prints what --fix would do as a unified diff; 1 where that is anything, else 0."""
    fixed = _fixed(inputs, given)
    sys.stdout.writelines(spec.diff() for spec in fixed)
    return 1 if fixed else 0


def apply_fixes(inputs: Sequence[Input], given: Mapping[Path, bytes]) -> dict[Path, bytes]:
    """Writes the safe fixes, those of standard input to standard output; gives the new texts."""
    fixed = _fixed(inputs, given)
    write_specs([spec for spec in fixed if spec.path not in given])
    texts = {**given, **{spec.path: spec.after for spec in fixed if spec.path in given}}
    for text in texts.values():
        sys.stdout.buffer.write(text)
        sys.stdout.buffer.flush()
    count = sum(len(spec.applied) for spec in fixed)
    if not given and count:
        files = f"{len(fixed)} file{'s' if len(fixed) > 1 else ''}"
        print(f"fixed {count} finding{'s' if count > 1 else ''} in {files}")
    return texts


def _fixed(inputs: Sequence[Input], given: Mapping[Path, bytes]) -> tuple[FixedSpec, ...]:
    return fix_specs([item.path for item in inputs if not item.problem], given)
