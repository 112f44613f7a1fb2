"""The desk of the live page: the text that is edited, what is known of it, and how it is saved."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from fishcompile.diagnostics.errors import UsageError
from fishcompile.diagnostics.source import Source
from fishcompile.files import resolved, write_atomic
from fishcompile.fixing.text import fixed_text
from fishcompile.formats._snippets import visible
from fishcompile.lsp.documents import Documents
from fishcompile.lsp.judging import judge
from fishcompile.reader.read import BOM, MAX_BYTES
from fishcompile.record import record

if TYPE_CHECKING:
    from fishcompile.diagnostics.finding import Diagnostic, Fix
    from fishcompile.pipeline import Analysis


@record
class Found:
    """A finding, and the offsets in the text that it underlines; none in another file."""

    diagnostic: Diagnostic
    start: int
    end: int

    @property
    def words(self) -> str:
        """What is to be read of it, in lines."""
        one = self.diagnostic
        lines = (f"{one.message} ({one.rule})", *one.notes, *one.help)
        return "\n".join(visible(line) for text in lines for line in text.splitlines())


@record
class Look:
    """What is known of a text: its findings, its picture, its costs and sizes as HTML."""

    found: tuple[Found, ...]
    picture: str = ""
    costs: str = ""

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(each.diagnostic.severity == "error" for each in self.found)


@dataclass
class Desk:
    """A spec that is open. `disk` is the file as it was last read or written."""

    path: Path
    disk: bytes = b""
    documents: Documents = field(default_factory=Documents)

    def open(self) -> str:
        """The text of the file, its line breaks as one kind. Raises UsageError."""
        try:
            data = self.path.read_bytes()
            text = data.decode().removeprefix(BOM)
        except OSError as error:
            raise UsageError(f"{self.path} cannot be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise UsageError(f"{self.path} is no UTF-8", "save it as UTF-8 first") from error
        if len(data) > MAX_BYTES:
            raise UsageError(f"{self.path} is larger than a spec may be")
        self.disk = data
        return text.replace("\r\n", "\n")

    def look(self, text: str) -> Look:
        """What is known of a text that stands for the file. Raises nothing that it causes."""
        path = resolved(self.path)
        buffer = self.documents.put(path.as_uri(), text, None)
        checked = self.documents.check(path)
        diagnostics = judge(self.documents, [checked])[path]
        source = buffer.source
        found = tuple(_found(each, path, source) for each in diagnostics)
        if checked.analysis is None:
            return Look(found)
        return Look(found, _picture(checked.analysis), _costs(checked.analysis))

    def fixed(self, text: str, fix: Fix) -> str:
        """The text with a fix applied."""
        return fixed_text(Source(str(self.path), text), [fix])[0]

    def save(self, text: str) -> None:
        """Writes the file, whole or not at all, with the line breaks and the mark that it had.

        Raises UsageError where it was changed on disk since it was read, or cannot be written.
        """
        try:
            now = self.path.read_bytes()
        except OSError:
            now = b""  # it is gone; what was read of it is all there is
        if now not in (self.disk, b""):
            way_out = "copy your text, and reload the page to see the file"
            raise UsageError(f"{self.path} was changed on disk", way_out)
        mark = BOM if self.disk.startswith(BOM.encode()) else ""
        lines = text.replace("\n", "\r\n") if b"\r\n" in self.disk else text
        data = (mark + lines).encode()
        write_atomic(self.path, data)
        self.disk = data


def _found(diagnostic: Diagnostic, path: Path, source: Source) -> Found:
    span = diagnostic.span
    if resolved(Path(span.source.name)) != path or span.line > len(source.lines):
        return Found(diagnostic, 0, 0)
    starts = source.line_starts
    start = starts[span.line - 1] + span.column - 1
    end = starts[min(span.end_line, len(source.lines)) - 1] + span.end_column - 1
    length = len(source.text)
    return Found(diagnostic, min(start, length - 1), min(max(end, start + 1), length))


def _picture(analysis: Analysis) -> str:
    from fishcompile.pictures.draw import draw
    from fishcompile.pictures.svg import svg

    try:
        return svg(draw(analysis), "light")  # as the page about it
    except UsageError as error:  # more stages than a picture shows
        return f"<p>{escape(visible(str(error)))}</p>"


def _costs(analysis: Analysis) -> str:
    """The table of stages and what sizes hold, of a network that is whole."""
    if analysis.inference.failures or not analysis.inference.stages:
        return ""
    from fishcompile.analysis.figures import figures
    from fishcompile.cli.html_tables import table_lines
    from fishcompile.cli.show_figures import memory_of, rows_of
    from fishcompile.cli.show_sizes import sizes_text
    from fishcompile.cli.show_text import whole_of

    graph = analysis.inference.graph
    found = figures(graph)
    lines = [*sizes_text({analysis.stages.name: graph}), *whole_of(found, memory_of(found))]
    said = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return said + "".join(table_lines(rows_of(found, "stage"), "stages", 'class="stages"'))
