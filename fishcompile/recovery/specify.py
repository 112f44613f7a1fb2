"""The spec of a checkpoint as text: whole, or as a variant of a base, and held against the keys.

The text is compiled before it is given: a spec that leaves here has exactly the checkpoint's keys
and shapes in the authors' layout.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from textwrap import wrap

from fishcompile.diagnostics.errors import FindingError, UsageError
from fishcompile.diagnostics.finding import SpecError
from fishcompile.diagnostics.names import shown
from fishcompile.files import resolved
from fishcompile.language.defaults import apply_defaults
from fishcompile.language.fish_spec import FishSpec
from fishcompile.language.parse import parse_spec
from fishcompile.loading.reach import find_root
from fishcompile.package import data_file
from fishcompile.pipeline import Analysis, compiled
from fishcompile.record import record
from fishcompile.recovery.parts import Shapes
from fishcompile.recovery.proof import accepting, errors, verified
from fishcompile.recovery.recover import recover
from fishcompile.recovery.unknown import inherited, notes_of_variant, notes_of_whole
from fishcompile.recovery.unparse import Entry, plain_fish, write_spec
from fishcompile.recovery.vary import NotAVariantError, changes, with_names_of
from fishcompile.schema.version import VERSION
from fishcompile.weights.fit import RELEASED

_WIDTH = 96  # of the lines at the top, without their `# `


@record
class Imported:
    """The text of the spec, what was recovered, its analysis, and what it extends, if anything."""

    text: str
    fish: FishSpec
    analysis: Analysis
    extends: str | None


def specify(shapes: Shapes, checkpoint: Path, output: Path, base: Path | None = None) -> Imported:
    """The spec at `output` of the fish whose checkpoint has `shapes`, by key.

    It is a variant of `base`, or, without one, of a shipped spec where that lies below the
    output's root and makes it shorter.

    Raises:
        FindingError: where the keys are of no fish, or of none that varies `base`.
        UsageError: where `base` is none that the output could extend.
        SpecError: where `base` has errors.
    """
    fish = replace(recover(shapes), name=output.stem)
    if base is not None:
        _refuse_outside(base, output)
        try:
            return _variant(shapes, fish, checkpoint, output, base)
        except NotAVariantError as error:
            raise FindingError(
                f"the fish of {checkpoint} cannot be written as a variant of {base}: {error}",
                "leave --base out, or name another",
            ) from error
    found = _whole(shapes, fish, checkpoint, output)
    for near in _shipped_below(output):
        try:
            variant = _variant(shapes, fish, checkpoint, output, near)
        except NotAVariantError:
            continue
        if len(variant.text) < len(found.text):
            found = variant
    return found


def _whole(shapes: Shapes, fish: FishSpec, checkpoint: Path, output: Path) -> Imported:
    heading = (
        f"Recovered from {shown(checkpoint.name)} by `fishcompile import`. Widths, blocks and "
        "shortcuts are the checkpoint's; what a stage merges is as in FishNet, and the widths "
        "agree. The comments name what no checkpoint says."
    )
    text = write_spec(plain_fish(fish), notes_of_whole(fish), wrap(heading, _WIDTH))
    try:
        analysis = verified(text, output, shapes)
    except SpecError as error:
        reason = errors(error.report)[0].message
        raise FindingError(f"the fish that was recovered does not hold: {reason}") from error
    return Imported(accepting(text, analysis, output), fish, analysis, None)


def _variant(
    shapes: Shapes, fish: FishSpec, checkpoint: Path, output: Path, base: Path
) -> Imported:
    """Raises NotAVariantError where it does not hold."""
    theirs = parse_spec(apply_defaults(compiled(base).tree))
    fish = with_names_of(theirs, fish)
    path = Path(os.path.relpath(resolved(base), resolved(output).parent)).as_posix()
    changed = changes(fish, theirs)
    if path != path.encode(errors="replace").decode():
        raise NotAVariantError("its path is no UTF-8, and a spec is")
    heading = (
        f"Recovered from {shown(checkpoint.name)} by `fishcompile import`, as what it changes in "
        f"{shown(path, 200)}. {' '.join(inherited(fish, theirs))}"
    )

    def text() -> str:
        top: Entry = {"fishspec": VERSION, "name": fish.name, "extends": path}
        notes = notes_of_variant(fish, theirs, changed)
        return write_spec({**top, **changed}, notes, wrap(heading, _WIDTH))

    try:
        try:
            analysis = verified(text(), output, shapes)
        except SpecError as error:
            if {finding.rule for finding in errors(error.report)} != {"FC402"}:
                raise
            changed["budget"] = None  # the base's, which this fish does not keep
            analysis = verified(text(), output, shapes)
    except SpecError as error:
        raise NotAVariantError(errors(error.report)[0].message) from error
    except FindingError as error:
        raise NotAVariantError(str(error)) from error
    return Imported(accepting(text(), analysis, output), fish, analysis, path)


def _shipped_below(output: Path) -> list[Path]:
    """The shipped specs that the output may extend: not those of an installed package."""
    root = find_root(output)
    paths = [resolved(data_file("specs", f"{name}.yaml")) for name in RELEASED]
    return [
        path
        for path in paths
        if path.is_relative_to(root)
        and path != resolved(output)
        and not any(
            part.startswith(".") or part == "site-packages" for part in path.relative_to(root).parts
        )
    ]


def _refuse_outside(base: Path, output: Path) -> None:
    if resolved(base) == resolved(output):
        raise UsageError(f"{base} is the output itself", "name another file with -o")
    root = find_root(output)
    if not resolved(base).is_relative_to(root):
        raise UsageError(
            f"{base} lies outside {root}, the root of {output}, so it could not be extended",
            "copy it below that folder, or leave --base out for a spec of its own",
        )
