"""Reader: a file or a text to a Tree, through YAML events, with limits that act as they stream.

`read_file` for a path, `read_bytes` for standard input, `read_text` for a text at hand. PyYAML's
own loaders lose the places of aliases and keys, resolve by YAML 1.1, let ValueError and
RecursionError out and build whatever a file asks for, so only its parser is used.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import yaml

from fishcompile.diagnostics.finding import Diagnostic, SpecError, fail, report
from fishcompile.diagnostics.source import Source, Span, start_of
from fishcompile.files.questions import asked
from fishcompile.reader.composer import Composer, YamlNode
from fishcompile.reader.syntax_errors import end_of, refused_character, syntax_error
from fishcompile.reader.tree import Path, Place, Plain, Tree

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterator

# The largest specs have some 1,000 stages: 50 kB.
MAX_BYTES = 1 << 20

# The C parser is some 15 times as fast; PyYAML can be built without it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

BOM = "\ufeff"


class UnreadableError(SpecError):
    """A file that cannot be read at all, or not as text."""


def read_file(path: pathlib.Path, name: str) -> Tree:
    """The tree of the spec at `path`; diagnostics call it `name`.

    Raises:
        UnreadableError: where `path` is no regular UTF-8 file of at most 1 MiB.
        SpecError: where the text is not the YAML that specs are written in.
    """
    return read_bytes(file_bytes(path, name), name)


def file_bytes(path: pathlib.Path, name: str) -> bytes:
    """The bytes of a regular file of at most 1 MiB. Raises UnreadableError for any other."""
    nothing = start_of(Source(name, ""))
    asked("bytes", path, str(MAX_BYTES + 1))
    try:
        # Without O_NONBLOCK, opening a FIFO waits for a writer.
        with os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise _unreadable(nothing, "this is not a regular file")
            if status.st_size > MAX_BYTES:
                raise _unreadable(nothing, _too_large(status.st_size))
            return file.read(MAX_BYTES + 1)
    except IsADirectoryError:
        raise _unreadable(nothing, "this is a directory, not a file") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise _unreadable(nothing, f"the file cannot be read: {reason}") from None


def read_bytes(data: bytes, name: str) -> Tree:
    """The tree of UTF-8 bytes, as `read_file` reads them. Raises what `read_file` raises."""
    if len(data) > MAX_BYTES:
        raise _unreadable(start_of(Source(name, "")), _too_large(len(data)))
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line, column = end_of(data[: error.start].decode().removeprefix(BOM))
        source = Source(name, data.decode(errors="replace").removeprefix(BOM))
        span = Span(source, line, column, line, column + 1)
        message = f"the file is not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start:,}"
        raise _unreadable(span, message, "save the file as UTF-8") from None
    return read_text(text, name)


def read_text(text: str, name: str) -> Tree:
    """The tree of a spec's text.

    Raises:
        SpecError: with every duplicate key, tag, merge key and number that cannot stand, up to
            the first syntax error or limit.
    """
    source = Source(name, text.removeprefix(BOM))
    refused = refused_character(source)
    if refused is not None:
        raise fail(refused)
    composer = Composer(source)
    try:
        for event in events(source):
            composer.take(event)
        root = composer.finish()
    except SpecError as stop:
        raise fail(*composer.findings, *stop.report.diagnostics) from None
    if composer.findings:
        raise fail(*composer.findings)
    return _build(root, source)


def _too_large(size: int) -> str:
    return f"the file has {size:,} bytes, and a spec at most {MAX_BYTES:,}"


def _unreadable(span: Span, message: str, *advice: str) -> UnreadableError:
    return UnreadableError(report([Diagnostic("FC100", message, span, help=advice)]))


def events(source: Source) -> Iterator[yaml.Event]:
    """The parser's events of a text. Raises SpecError where the text is not YAML."""
    try:
        yield from iter(_LOADER(source.text).get_event, None)
    # The pure-Python parser lets out what int() and chr() raise.
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise fail(syntax_error(source, error)) from error


def _build(root: YamlNode, source: Source) -> Tree:
    value: dict[str, Plain] = {}
    places: dict[Path, Place] = {(): Place(None, root.span)}
    todo: list[tuple[YamlNode, Plain, Path]] = [(root, value, ())]
    # The list grows while it is walked: an explicit queue instead of recursion.
    for node, target, path in todo:
        for key, key_span, span, child in node.entries:
            below = (*path, key)
            places[below] = Place(key_span, span)
            item: Plain = child.value
            if child.kind != "scalar":
                item = {} if child.kind == "mapping" else []
                todo.append((child, item, below))
            if isinstance(target, dict):
                target[str(key)] = item
            elif isinstance(target, list):
                target.append(item)
    return Tree(value, places, source)
