"""Files: which files a spec may bring in by `extends` and `use`, and how each of them came in.

They must lie below the root of the spec that was asked for: the nearest folder above it that
holds a `pyproject.toml` or `.git`, or else its own folder. A file outside is never opened.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from fishcompile.diagnostics.finding import Diagnostic, Fix, Related, Report, SpecError, fail
from fishcompile.diagnostics.source import Span
from fishcompile.files import resolved
from fishcompile.files.questions import exists
from fishcompile.loading.paths import not_there, of_windows
from fishcompile.reader.read import UnreadableError, read_bytes, read_file
from fishcompile.reader.tree import Include, Tree
from fishcompile.record import record
from fishcompile.schema.version import wrong_version

Reader = Callable[[Path, str], Tree]


def standing_for(path: Path, text: str) -> Reader:
    """A reader that has `text` in the place of the file at `path`, which need not be there."""
    place = resolved(path)

    def read(file: Path, name: str) -> Tree:
        return read_bytes(text.encode(), name) if resolved(file) == place else read_file(file, name)

    return read


# All files of a spec together; each alone has the reader's limits.
MAX_VALUES = 100_000
MAX_CHARACTERS = 2 << 20

_SUFFIXES = (".yaml", ".yml")
_ROOT_MARKERS = ("pyproject.toml", ".git")
_DOES = {"extends": "extends", "use": "uses"}
_WHAT = {"extends": "base", "use": "used file"}


@record
class Opened:
    """A file that was read: its tree, which is of the current version, and where it is."""

    tree: Tree
    file: Path


@record
class Named:
    """A file as the `key` of `user` names it, at `span`."""

    key: str
    span: Span
    target: str
    user: Opened


@dataclass
class Files:
    """The files of one spec: the folder that bounds them, and where each was brought in."""

    root: Path
    read: Reader
    includes: dict[str, Include] = field(default_factory=dict)
    values: int = 0
    characters: int = 0

    def first(self, path: Path) -> Opened:
        """The spec itself. Raises what the reader raises, and SpecError for a wrong version."""
        tree = self.read(path, str(path))
        self._count(tree)
        return Opened(_current(tree), resolved(path))

    def locate(self, named: Named) -> Path:
        """Where a named file is. Raises SpecError where it may not be opened."""
        key, target = named.key, named.target
        there = "\0" not in target and exists(named.user.file.parent / target)
        windows = of_windows(key, target, named.span, there=there)
        if windows is not None:
            message, advice, fixes = windows
            raise refuse(named.span, message, advice, fixes)
        if not target.endswith(_SUFFIXES) or "\0" in target:
            stem = "base" if key == "extends" else "blocks"
            advice = f"write it as `{key}: {stem}.yaml`"
            raise refuse(named.span, f"`{key}` names a .yaml file", advice)
        file = resolved(named.user.file.parent / target)
        if not file.is_relative_to(self.root):
            message = f"the {_WHAT[key]} lies outside the spec's root, so it is not opened"
            advice = f"move the {_WHAT[key]} below the folder of pyproject.toml or .git"
            raise refuse(named.span, message, advice)
        return file

    def open(self, named: Named, file: Path) -> Opened:
        """The file that `locate` gave. Raises SpecError where that cannot be read."""
        name = str(Path(named.user.tree.source.name).parent / named.target)
        try:
            return Opened(self._read(file, name, Include(named.span, _DOES[named.key])), file)
        except UnreadableError as error:
            reason = error.report.diagnostics[0].message.removeprefix("the file cannot be read: ")
            message = f"the {_WHAT[named.key]} cannot be read: {reason}"
            there = exists(file)
            near = not_there(named.target, file, self.root, named.span)
            advice, fixes = near[1:] if near and not there else ("check the path", ())
            raise refuse(named.span, message, advice, fixes) from None

    def _read(self, file: Path, name: str, include: Include) -> Tree:
        try:
            tree = self.read(file, name)
        except SpecError as error:
            for found in error.report.diagnostics:
                self.includes.setdefault(found.span.source.name, include)
            raise
        self.includes.setdefault(tree.source.name, include)
        self._count(tree)
        if self.values > MAX_VALUES or self.characters > MAX_CHARACTERS:
            message = f"the files of the spec hold more than {MAX_VALUES:,} values together"
            if self.values <= MAX_VALUES:
                message = f"the files of the spec hold more than {MAX_CHARACTERS:,} characters"
            raise fail(Diagnostic("FC104", message, include.span, help=("bring in fewer files",)))
        return _current(tree)

    def _count(self, tree: Tree) -> None:
        self.values += len(tree.places)
        self.characters += len(tree.source.text)


def find_root(path: Path) -> Path:
    """The folder that bounds what the spec at `path` may bring in."""
    folder = resolved(path).parent
    for candidate in (folder, *folder.parents):
        if any(exists(candidate / marker) for marker in _ROOT_MARKERS):
            return candidate
    return folder


def refuse_circle(named: Named, file: Path, chain: list[Path]) -> None:
    """Raises FC120 where a file is brought in by itself, by way of those of `chain`."""
    if file in chain:
        loop = " -> ".join(link.name for link in [*chain[chain.index(file) :], file])
        message = f"`{named.key}` leads back to itself: {loop}"
        raise refuse(named.span, message, f"remove one `{named.key}`")


def refuse(span: Span, message: str, way_out: str, fixes: tuple[Fix, ...] = ()) -> SpecError:
    """FC120 as an error to raise."""
    return fail(Diagnostic("FC120", message, span, help=(way_out,), fixes=fixes))


def with_include_chains(report: Report, includes: Mapping[str, Include]) -> Report:
    """The report with each finding told how the file that it stands in came in."""
    found = tuple(
        found
        if found.include_chain
        else replace(found, include_chain=tuple(chain_of(found.span, includes)))
        for found in report.diagnostics
    )
    return replace(report, diagnostics=found)


def chain_of(span: Span, includes: Mapping[str, Include]) -> Iterator[Related]:
    """How the file of a span came in, from that file outwards."""
    seen: set[str] = set()
    name = span.source.name
    while name in includes and name not in seen:
        seen.add(name)
        include = includes[name]
        name = include.span.source.name
        yield Related(include.span, f"{os.path.basename(name)} {include.word} it here")  # noqa: PTH119


def _current(tree: Tree) -> Tree:
    """A file's tree. Raises SpecError where it is of another version than the current one."""
    found = wrong_version(tree)
    if found:
        raise fail(found)
    return tree
