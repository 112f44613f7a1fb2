"""Session: what every capability is given, and the place in a document that a request is about."""

from __future__ import annotations

from dataclasses import dataclass, field

from lsprotocol import types as lsp

from fishcompile.diagnostics.finding import SpecError
from fishcompile.diagnostics.source import Span
from fishcompile.lsp.documents import Buffer, Documents, file_of
from fishcompile.lsp.positions import Positions
from fishcompile.reader.tree import Tree
from fishcompile.record import record


@dataclass
class Session:
    """The open documents, and the encoding of positions that client and server agreed on."""

    documents: Documents = field(default_factory=Documents)
    positions: Positions = field(default_factory=Positions)

    def location(self, span: Span) -> lsp.Location:
        """Where a span is, for the client."""
        return lsp.Location(self.documents.uri(file_of(span.source)), self.positions.range(span))

    def tree(self, buffer: Buffer) -> Tree | None:
        """The tree of one document alone; None where it does not read."""
        try:
            return self.documents.read(buffer.path, str(buffer.path))
        except SpecError:
            return None


@record
class Spot:
    """A cursor in an open document; line and column are 1-based code points."""

    buffer: Buffer
    line: int
    column: int
