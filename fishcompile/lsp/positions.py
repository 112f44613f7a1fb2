"""Positions: our 1-based code points and the protocol's 0-based code units, both ways.

The protocol counts UTF-16 code units unless client and server agree on another encoding.
"""

from __future__ import annotations

from lsprotocol import types as lsp

from fishcompile.diagnostics.source import Source, Span
from fishcompile.record import record

_UNIT_BYTES = {
    lsp.PositionEncodingKind.Utf8.value: ("utf-8", 1),
    lsp.PositionEncodingKind.Utf16.value: ("utf-16-le", 2),
    lsp.PositionEncodingKind.Utf32.value: ("utf-32-le", 4),
}


@record
class Positions:
    """Conversions in one encoding: "utf-8", "utf-16" or "utf-32"."""

    encoding: str = "utf-16"

    def units(self, text: str) -> int:
        """How many code units `text` has."""
        if text.isascii():
            return len(text)
        codec, size = _UNIT_BYTES[self.encoding]
        return len(text.encode(codec, "surrogatepass")) // size

    def position(self, source: Source, line: int, column: int) -> lsp.Position:
        """The protocol's position of a line and column."""
        return lsp.Position(line - 1, self.units(source.line(line)[: column - 1]))

    def range(self, span: Span) -> lsp.Range:
        """The protocol's range of a span."""
        return lsp.Range(
            self.position(span.source, span.line, span.column),
            self.position(span.source, span.end_line, span.end_column),
        )

    def place(self, source: Source, position: lsp.Position) -> tuple[int, int]:
        """The line and column of a position; one past the text's ends is moved inside.

        A position inside of a character is that character's own.
        """
        number = min(position.line + 1, len(source.lines))
        text = source.line(number)
        if position.line + 1 > number or position.character >= self.units(text):
            return number, len(text) + 1
        if text.isascii():
            return number, position.character + 1
        before = 0
        for column, character in enumerate(text, start=1):
            before += self.units(character)
            if before > position.character:
                return number, column
        return number, len(text) + 1
