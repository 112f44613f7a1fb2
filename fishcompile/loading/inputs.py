"""Inputs: which specs the words of a command line mean, and a reader that reads each once.

A word is a file, a folder, a pattern with `*`, `?`, `[...]` or `**`, or `-` for standard input.
In a folder, every .yaml and .yml file that looks like a spec is meant (see `looks_like_a_spec`);
a file that is named or matched by a pattern is meant whatever it holds. Hidden entries are passed
over unless named, and links to folders are not followed, so none leads out or around.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path

from fishcompile.diagnostics.finding import Diagnostic, SpecError
from fishcompile.diagnostics.source import STDIN_NAME, Source, start_of
from fishcompile.files import STDIN
from fishcompile.files.questions import asked
from fishcompile.loading.reach import Reader
from fishcompile.loading.walking import ANY_DEPTH, walk_files
from fishcompile.reader.read import MAX_BYTES, read_bytes, read_file
from fishcompile.reader.tree import Tree
from fishcompile.record import record

MAX_KEPT = 1000  # trees of a run that stay in memory; a base is read again after so many others

_MAGIC = re.compile(r"[*?[]")
_SPECS = ((ANY_DEPTH, "*.yaml"), (ANY_DEPTH, "*.yml"))

# Each is one line: a spec with a syntax error is still found.
_VERSION = re.compile(rb"""^\{?["']?fishspec["']?[ \t]*:""", re.MULTILINE)
_EXTENDS = re.compile(rb"""^extends[ \t]*:[^\n]*\.ya?ml\b""", re.MULTILINE)
_NAME = re.compile(rb"^name[ \t]*:", re.MULTILINE)
_MODELINE = re.compile(rb"^#[ \t]*yaml-language-server:[^\n]*fishspec-\d+\.schema", re.MULTILINE)


@record
class Input:
    """A spec to check, or, with a `problem`, a word that means none."""

    path: Path
    problem: Diagnostic | None = None


def collect(words: Iterable[str], stdin_name: str = STDIN_NAME) -> list[Input]:
    """What the words mean: in their order, sorted within each, a file once under its first name."""
    found: dict[str, Input] = {}
    for word in words:
        for item in _meant(word, stdin_name):
            asked("real", item.path)
            found.setdefault(os.path.realpath(item.path), item)
    return list(found.values())


def read_once(
    inputs: Iterable[Input], held: Mapping[Path, bytes] | None = None, read: Reader = read_file
) -> Reader:
    """A reader for `pipeline.analyse` that reads a file once, be it a spec, a base, or both.

    A file has one name in a run: that of the input, else the first it was reached by. `held`
    gives the bytes that stand for a file, such as those of standard input.
    """
    names = {os.path.realpath(item.path): str(item.path) for item in inputs}
    texts = {os.path.realpath(path): data for path, data in (held or {}).items()}
    known: dict[str, Tree | SpecError] = {}

    def reader(path: Path, name: str) -> Tree:
        asked("real", path)
        file = os.path.realpath(path)
        if file not in known:
            if len(known) >= MAX_KEPT:
                del known[next(iter(known))]
            shown = names.get(file, name)
            try:
                tree = read_bytes(texts[file], shown) if file in texts else read(path, shown)
                known[file] = tree
            except SpecError as error:
                known[file] = error
        found = known[file]
        if isinstance(found, SpecError):
            raise found.with_traceback(None)
        return found

    return reader


def looks_like_a_spec(path: Path) -> bool:
    """Whether a line of the file begins with `fishspec:`, or what else only a spec has.

    That is a modeline that names the schema of specs, or both `name:` and an `extends:` of a
    .yaml file. A file that cannot be opened counts, so that it is reported.
    """
    asked("bytes", path, str(MAX_BYTES))
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES)
    except OSError:
        return True
    # Without the NULs, UTF-16 reads as ASCII here; the reader then says what is wrong with it.
    text = data.replace(b"\0", b"").replace(b"\r", b"\n")
    text = text.removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    if _VERSION.search(text) or _MODELINE.search(text):
        return True
    return bool(_EXTENDS.search(text) and _NAME.search(text))


def _meant(word: str, stdin_name: str) -> Iterator[Input]:
    path = Path(word)
    asked("kind", word)
    if not word:
        yield _nothing(path, "the name of a spec is empty", "is a variable of the shell unset?")
    elif word == STDIN:
        yield Input(Path(stdin_name))
    elif os.path.isdir(word):  # noqa: PTH112 - Path.is_dir raises for a name that is too long
        yield from _folder(path)
    elif os.path.lexists(word) or not _MAGIC.search(word):
        yield Input(path)
    else:
        yield from _pattern(path)


def _folder(folder: Path) -> Iterator[Input]:
    found = [item for pattern in _SPECS for item in _walked(folder, pattern)]
    specs = [item for item in found if item.problem or looks_like_a_spec(item.path)]
    if not specs:
        advice = "a spec is a .yaml or .yml file with a line that begins with `fishspec:`"
        yield _nothing(folder, "no spec was found in this folder", advice)
    yield from _sorted(specs)


def _pattern(pattern: Path) -> Iterator[Input]:
    """The matches of a pattern; a folder that matches is searched."""
    parts = pattern.parts
    first = next(index for index, part in enumerate(parts) if _MAGIC.search(part))
    root, rest = Path(*parts[:first]), [part for part, _ in groupby(parts[first:])]
    if rest[-1] == ANY_DEPTH:
        del rest[-1]
    found: list[Input] = []
    for item in _walked(root, tuple(rest)) if rest else _folder(root):
        if item.problem or not item.path.is_dir():
            found.append(item)
        else:
            found += (spec for spec in _folder(item.path) if spec.path != item.path)
    if not found:
        advice = "`**` stands for any number of folders; hidden ones are passed over"
        yield _nothing(pattern, "nothing matches this pattern", advice)
    yield from _sorted(found)


def _walked(root: Path, pattern: tuple[str, ...]) -> Iterator[Input]:
    for found in walk_files(root, pattern):
        if isinstance(found, OSError):
            message = f"this folder cannot be searched: {found.strerror}"
            yield _nothing(Path(found.filename), message)
        else:
            yield Input(found)


def _sorted(found: list[Input]) -> list[Input]:
    return sorted(found, key=lambda item: item.path.parts)


def _nothing(path: Path, message: str, *advice: str) -> Input:
    source = Source(str(path), "")
    return Input(path, Diagnostic("FC100", message, start_of(source), help=advice))
