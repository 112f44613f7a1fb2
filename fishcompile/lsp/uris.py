"""URIs of documents and the paths they stand for, as editors of every system write them."""

from __future__ import annotations

import re
from pathlib import Path, PurePath, PureWindowsPath
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from fishcompile.files import resolved

P = TypeVar("P", bound=PurePath)

_DRIVE = re.compile(r"/[A-Za-z]:(?:/|$)")


def path_of(uri: str, kind: type[P]) -> P | None:
    """The path of a `file:` URI, percent-encoding undone; None where it names no file.

    `kind` says which system's paths: `Path` for this one's.
    """
    parts = urlsplit(uri)
    text = unquote(parts.path)
    if parts.scheme != "file" or "\0" in text or not text:
        return None
    if issubclass(kind, PureWindowsPath) and _DRIVE.match(text):
        text = text[1:]
    if parts.netloc not in ("", "localhost"):
        text = f"//{parts.netloc}{text}"
    return kind(text)


def document_path(uri: str) -> Path:
    """The resolved path that a document is known by.

    A buffer that was never saved gets one in the working folder, where its bases are looked for.
    """
    path = path_of(uri, Path)
    if path is None:
        name = re.sub(r"[^0-9A-Za-z._-]+", "-", uri)[-100:]
        path = Path.cwd() / (name or "untitled")
    return resolved(path)
