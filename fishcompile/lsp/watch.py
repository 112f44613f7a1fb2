"""Watch: checks the open specs again when a text changes that they are read from, and publishes.

What each open spec was read from is known from its last check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from lsprotocol import types as lsp

from fishcompile.lsp.documents import Checked
from fishcompile.lsp.findings import shown_in
from fishcompile.lsp.judging import judge
from fishcompile.lsp.session import Session

Publish = Callable[[lsp.PublishDiagnosticsParams], None]


class Watch:
    """The last check of every open spec, and what the client was last told of it."""

    def __init__(self, session: Session, publish: Publish) -> None:
        self._session = session
        self._publish = publish
        self._checked: dict[Path, Checked] = {}
        self._told: dict[Path, list[lsp.Diagnostic]] = {}

    def changed(self, paths: Iterable[Path]) -> None:
        """Texts changed: checks what was read from them, and publishes what is new."""
        changed = set(paths)
        for buffer in self._session.documents.specs():
            before = self._checked.get(buffer.path)
            if before is None or buffer.path in changed or changed & set(before.files):
                self._checked[buffer.path] = self._session.documents.check(buffer.path)
        self._tell(changed)

    def closed(self, path: Path, uri: str) -> None:
        """A document was closed: its findings vanish, and its variants are read from the file."""
        self._checked.pop(path, None)
        self._told.pop(path, None)
        self._publish(lsp.PublishDiagnosticsParams(uri, []))
        self.changed([path])

    def saved(self) -> None:
        """A file was written: others may have been too, so everything is checked again."""
        self.changed(list(self._checked))

    def _tell(self, changed: set[Path]) -> None:
        documents = self._session.documents
        judged = judge(documents, list(self._checked.values()))
        for buffer in documents.specs():
            found = shown_in(self._session, buffer.path, judged)
            if buffer.path in changed or self._told.get(buffer.path) != found:
                self._told[buffer.path] = found
                params = lsp.PublishDiagnosticsParams(buffer.uri, found, buffer.version)
                self._publish(params)
