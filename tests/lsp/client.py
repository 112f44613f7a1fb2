"""A small protocol client over the real server's stdin and stdout; every wait has an end."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

TIMEOUT = 60.0  # a machine may be busy; a hang still fails


class Client:
    """`with Client(root) as client:` has a server that is initialized."""

    def __init__(self, root: Path, encodings: list[str] | None = None) -> None:
        self.root = root
        self.encodings = encodings
        self.server = subprocess.Popen(
            [sys.executable, "-m", "fishcompile", "lsp", "--stdio"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=root,
        )
        self.errors: list[str] = []
        self.forgiving = False  # whether the server may complain
        self._messages: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._notices: list[dict[str, Any]] = []
        self._count = 0
        self._versions: dict[str, int] = {}
        threading.Thread(target=self._listen, daemon=True).start()
        threading.Thread(target=self._listen_to_errors, daemon=True).start()

    def __enter__(self) -> Client:
        capabilities: dict[str, Any] = {
            "textDocument": {"publishDiagnostics": {"relatedInformation": True}}
        }
        if self.encodings:
            capabilities["general"] = {"positionEncodings": self.encodings}
        self.capabilities = self.ask(
            "initialize",
            {"processId": None, "rootUri": self.root.as_uri(), "capabilities": capabilities},
        )["capabilities"]
        self.tell("initialized", {})
        return self

    def __exit__(self, *_: object) -> None:
        if self.server.poll() is None:
            self.server.kill()
        self.server.wait(TIMEOUT)

    def ask(self, method: str, params: object) -> Any:
        """The result of a request; an error answer fails."""
        answer = self.answer(method, params)
        assert "error" not in answer, (answer["error"], self.errors)
        return answer["result"]

    def answer(self, method: str, params: object) -> dict[str, Any]:
        """The answer to a request, as it came."""
        self._count += 1
        self.send({"jsonrpc": "2.0", "id": self._count, "method": method, "params": params})
        while True:
            message = self._next()
            if message.get("id") == self._count and "method" not in message:
                return message
            self._notices.append(message)

    def tell(self, method: str, params: object) -> None:
        """Sends a notification."""
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def send(self, message: object) -> None:
        """Sends a message as it is."""
        self.send_bytes(json.dumps(message).encode())

    def send_bytes(self, body: bytes) -> None:
        """Sends a body in its frame."""
        assert self.server.stdin is not None
        self.server.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.server.stdin.flush()

    def open(self, path: Path, text: str | None = None, uri: str = "") -> list[dict[str, Any]]:
        """Opens a document with its file's text or another; its diagnostics."""
        uri = uri or path.as_uri()
        self._versions[uri] = 1
        text = path.read_text() if text is None else text
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": document})
        return self.diagnostics(path, uri)

    def edit(self, path: Path, text: str) -> list[dict[str, Any]]:
        """Replaces a document's text; its diagnostics."""
        self.type(path, text)
        return self.diagnostics(path)

    def type(self, path: Path, text: str) -> None:
        """Replaces a document's text."""
        uri = path.as_uri()
        self._versions[uri] += 1
        document = {"uri": uri, "version": self._versions[uri]}
        change = {"textDocument": document, "contentChanges": [{"text": text}]}
        self.tell("textDocument/didChange", change)

    def diagnostics(self, path: Path, uri: str = "") -> list[dict[str, Any]]:
        """What is published for the document as it is now."""
        uri = uri or path.as_uri()
        params = self.published(uri)
        while params.get("version", self._versions[uri]) != self._versions[uri]:
            params = self.published(uri)
        found: list[dict[str, Any]] = params["diagnostics"]
        return found

    def published(self, uri: str) -> dict[str, Any]:
        """The next diagnostics that are published for a document."""
        while True:
            for index, message in enumerate(self._notices):
                params = message.get("params", {})
                known = message.get("method") == "textDocument/publishDiagnostics"
                if known and params["uri"] == uri:
                    del self._notices[index]
                    return dict(params)
            self._notices.append(self._next())

    def at(self, path: Path, line: int, character: int) -> dict[str, Any]:
        """The parameters of a request about a position, 0-based."""
        position = {"line": line, "character": character}
        return {"textDocument": {"uri": path.as_uri()}, "position": position}

    def stop(self) -> int:
        """Shuts the server down, standard input still open; its exit code."""
        assert self.ask("shutdown", None) is None
        self.tell("exit", None)
        return self.server.wait(TIMEOUT)

    def _next(self) -> dict[str, Any]:
        try:
            message = self._messages.get(timeout=TIMEOUT)
        except queue.Empty:
            raise AssertionError(f"the server says nothing: {self.errors}") from None
        assert message is not None, f"the server went away: {self.errors}"
        assert self.forgiving or message.get("method") != "window/showMessage", message
        return message

    def _listen(self) -> None:
        out = self.server.stdout
        assert out is not None
        while True:
            length = 0
            while (line := out.readline()) not in (b"\r\n", b""):
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            if not line:
                self._messages.put(None)
                return
            self._messages.put(json.loads(out.read(length)))

    def _listen_to_errors(self) -> None:
        assert self.server.stderr is not None
        for line in self.server.stderr:
            self.errors.append(line.decode(errors="replace"))


def applied(text: str, edits: list[dict[str, Any]]) -> str:
    """A text of plain characters with the edits of a protocol's answer made."""
    lines = text.splitlines(keepends=True)

    def offset(position: dict[str, int]) -> int:
        return sum(map(len, lines[: position["line"]])) + position["character"]

    for edit in sorted(edits, key=lambda edit: offset(edit["range"]["start"]), reverse=True):
        start, end = offset(edit["range"]["start"]), offset(edit["range"]["end"])
        text = text[:start] + edit["newText"] + text[end:]
    return text
