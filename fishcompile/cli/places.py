"""Places: which specs `build` is to build, and where what it makes of each goes."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from fishcompile.diagnostics.errors import UsageError
from fishcompile.diagnostics.finding import SpecError, fail
from fishcompile.files import STDIN, require_folder
from fishcompile.loading.inputs import collect
from fishcompile.loading.uses import is_library
from fishcompile.reader.read import UnreadableError, read_file
from fishcompile.reader.tree import Tree


def specs_of(words: Sequence[str]) -> list[Path]:
    """The specs that the words mean, without the files of blocks that a folder or pattern brings.

    Raises UsageError, and SpecError for a word that means none.
    """
    if STDIN in words:
        raise UsageError("build reads no standard input", "name the spec")
    inputs = collect(words)
    problems = [item.problem for item in inputs if item.problem]
    if problems:
        raise UnreadableError(fail(*problems).report)
    named = set(words)
    found = [item.path for item in inputs if str(item.path) in named or not _blocks(item.path)]
    if not found:
        raise UsageError("there are only files of blocks, and no network", "name a spec")
    return found


def _blocks(path: Path) -> bool:
    with suppress(SpecError):
        return is_library(read_file(path, str(path)))
    return False


def is_folder(output: str) -> bool:
    """Whether an output is a folder: one that is there, or a name that ends as one."""
    return output.endswith(("/", os.sep)) or os.path.isdir(output)  # noqa: PTH112 - see loading


def place_of(spec: Path, output: str | None, suffix: str | None) -> Path | None:
    """The file for a spec; None for standard output. Raises UsageError for a folder not there."""
    if output is None:
        return None if suffix is None else Path(f"{spec.stem}{suffix}")
    if output == STDIN or not is_folder(output):
        return Path(output)
    place = Path(output, f"{spec.stem}{suffix or '.txt'}")
    require_folder(place)
    return place


def refuse_inputs(places: Mapping[Path, Path | None], tree: Tree | None = None) -> None:
    """Raises UsageError where a file would go onto a spec or what it is read from, or onto another.

    `tree` is that of the spec, which knows its bases and what they use.
    """
    names = [str(spec) for spec in places]
    names += [tree.source.name, *tree.includes] if tree else []
    read = {os.path.realpath(name): name for name in names}
    written: dict[str, Path] = {}
    for spec, place in places.items():
        if place is None or place == Path(STDIN):
            continue
        file = os.path.realpath(place)
        same = read.get(file) or next((name for name in names if _same(place, name)), None)
        if same:
            raise UsageError(f"{place} is what is built from", "name another file with -o")
        if file in written:
            raise UsageError(
                f"{written[file]} and {spec} would both go to {place}", "build them one by one"
            )
        written[file] = spec


def _same(place: Path, name: str) -> bool:
    with suppress(OSError, ValueError):
        return os.path.samefile(place, name)  # noqa: PTH121 - a hard link, or another case
    return False
