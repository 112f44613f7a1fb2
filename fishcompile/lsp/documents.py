"""Documents: the buffers that are open, which count instead of the files they will be saved to.

`read` is what the analyses take in place of `reader.read_file`.
"""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from fishcompile.diagnostics.finding import Report, SpecError
from fishcompile.diagnostics.source import Source
from fishcompile.files import resolved
from fishcompile.loading.load import load
from fishcompile.lsp.uris import document_path
from fishcompile.pipeline import Analysis, examine
from fishcompile.reader.read import MAX_BYTES, read_bytes, read_file, read_text
from fishcompile.reader.tree import Tree
from fishcompile.record import record

# An editor may show every YAML file to the server. A spec says that it is one: by its version, by
# the modeline that names its schema, or, where the version is still missing, by its base.
_SPEC = re.compile(
    r"""^\{?["']?fishspec["']?[ \t]*:|\$schema=\S*fishspec|^extends[ \t]*:.*\.ya?ml\b""",
    re.MULTILINE,
)


@record
class Buffer:
    """An open document. `is_spec` stays once it was seen to be one."""

    uri: str
    path: Path
    text: str
    version: int | None
    is_spec: bool

    @property
    def source(self) -> Source:
        """The text as the reader has it."""
        return Source(str(self.path), self.text.removeprefix("\ufeff"))


@record
class Layer:
    """A spec as written in one file: the one asked for, or one of its bases."""

    path: Path
    tree: Tree


@record
class Checked:
    """What is known of a spec: its findings, the files that it was read from, and its analysis.

    `analysis` is None where the spec does not read, fit the schema or resolve.
    """

    path: Path
    report: Report
    files: tuple[Path, ...]
    analysis: Analysis | None


class Documents:
    """The open buffers by path."""

    def __init__(self) -> None:
        self._open: dict[Path, Buffer] = {}

    def put(self, uri: str, text: str, version: int | None) -> Buffer:
        """A document was opened or changed."""
        path = document_path(uri)
        before = self._open.get(path)
        is_spec = _SPEC.search(text) is not None or (before is not None and before.is_spec)
        buffer = self._open[path] = Buffer(uri, path, text, version, is_spec)
        return buffer

    def close(self, uri: str) -> Path:
        """A document was closed: from now on the file counts."""
        path = document_path(uri)
        self._open.pop(path, None)
        return path

    def get(self, path: Path) -> Buffer | None:
        """The open document at a path."""
        return self._open.get(path)

    def specs(self) -> tuple[Buffer, ...]:
        """The open documents that are specs."""
        return tuple(buffer for buffer in self._open.values() if buffer.is_spec)

    def uri(self, path: Path) -> str:
        """The URI of a file, in the client's own spelling where it has it open."""
        buffer = self._open.get(path)
        return buffer.uri if buffer else path.as_uri()

    def read(self, path: Path, name: str) -> Tree:
        """The tree of the buffer or else the file at `path`. Raises what `read_file` raises."""
        buffer = self._open.get(resolved(path))
        if buffer is None:
            return read_file(path, name)
        if len(buffer.text) > MAX_BYTES:
            return read_bytes(buffer.text.encode(errors="replace"), name)
        return read_text(buffer.text, name)

    def check(self, path: Path) -> Checked:
        """Everything that is known of the spec at `path`. Raises nothing that the spec causes."""
        files: list[Path] = []

        def read(file: Path, name: str) -> Tree:
            files.append(resolved(file))
            return self.read(file, name)

        try:
            report, analysis = examine(path, read)
        except SpecError as error:
            return Checked(path, error.report, tuple(files), None)
        return Checked(path, report, tuple(files), analysis)

    def layers(self, path: Path, instead: Tree | None = None) -> tuple[Layer, ...]:
        """The spec at `path` and its bases as written, as far as they can be read.

        `instead` stands for the spec's own text, where that does not read as it is.
        """
        layers: list[Layer] = []

        def read(file: Path, name: str) -> Tree:
            tree = instead if instead and not layers else self.read(file, name)
            layers.append(Layer(resolved(file), tree))
            return tree

        with suppress(SpecError):  # what was read until then is what there is
            load(path, read)
        return tuple(layers)


def file_of(source: Source) -> Path:
    """The file that a span's source was read from; analyses name files by absolute paths."""
    return resolved(Path(source.name))
