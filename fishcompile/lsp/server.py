"""The server: the open documents, what a request is about, and checks a moment after a change.

`requests.py` gives it its capabilities.
"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol

from fishcompile.lsp.documents import Buffer
from fishcompile.lsp.session import Session, Spot
from fishcompile.lsp.uris import document_path
from fishcompile.lsp.watch import Watch
from fishcompile.package import VERSION

PAUSE = 0.15  # seconds without a key pressed before the text is checked

_log = logging.getLogger(__name__)


class Protocol(LanguageServerProtocol):
    """The protocol, with an answer to requests that are malformed: pygls only logs those."""

    def structure_message(self, data: dict[str, Any]) -> Any:
        """A decoded message as an object; called for every mapping in it, innermost first."""
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            if "id" in data and "method" in data:
                self._send_response(data["id"], None, error.to_response_error())
            raise


class SpecServer(LanguageServer):
    """The server with what it knows of the open documents."""

    def __init__(self) -> None:
        # Whole texts: specs are small, and pygls breaks lines where YAML does not.
        kind = lsp.TextDocumentSyncKind.Full
        super().__init__("fishcompile", VERSION, kind, protocol_cls=Protocol)
        self.session = Session()
        self.watch = Watch(self.session, self.text_document_publish_diagnostics)
        self.ended = False
        self._dirty: set[Path] = set()
        self._timer: asyncio.TimerHandle | None = None

    def put(self, uri: str, version: int | None) -> Path:
        """Takes over the text of a document as pygls has it."""
        text = self.workspace.get_text_document(uri).source
        return self.session.documents.put(uri, text, version).path

    def spec(self, document: lsp.TextDocumentIdentifier) -> Buffer | None:
        """The open spec that a request is about; None for other YAML."""
        buffer = self.session.documents.get(document_path(document.uri))
        return buffer if buffer and buffer.is_spec else None

    def spot(self, document: lsp.TextDocumentIdentifier, position: lsp.Position) -> Spot | None:
        """The place that a request is about."""
        buffer = self.spec(document)
        if buffer is None:
            return None
        line, column = self.session.positions.place(buffer.source, position)
        return Spot(buffer, line, column)

    def check_soon(self, path: Path) -> None:
        """Checks a document once nothing has been typed for a moment."""
        self._dirty.add(path)
        if self._timer:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(PAUSE, self._check)

    def _check(self) -> None:
        dirty, self._dirty = self._dirty, set()
        try:
            self.watch.changed(dirty)
        except Exception:  # a bug must not end the session
            _log.exception("the check of %s failed", ", ".join(map(str, dirty)))
