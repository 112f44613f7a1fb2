"""What `show` is asked for: sizes, batches and words, read from the command line."""

from __future__ import annotations

import re

from fishcompile.diagnostics.errors import UsageError
from fishcompile.diagnostics.names import shown
from fishcompile.diagnostics.nearest import nearest

FORMATS = ("text", "markdown", "csv", "json")
LEVELS = ("stage", "block", "op")
DTYPES = ("float32", "bfloat16", "float16", "float64")
_SIZE = re.compile(r"([1-9][0-9]{0,4})(?:x([1-9][0-9]{0,4}))?", re.ASCII)
_BATCH = re.compile(r"[1-9][0-9]{0,6}", re.ASCII)


def size_of(text: str) -> tuple[int, int]:
    """The sides that `224` or `480x640` means, height first. Raises UsageError."""
    match = _SIZE.fullmatch(text)
    if match is None:
        message = f"{shown(text)} is no size"
        raise UsageError(message, "write height x width in pixels: --size 480x640, or --size 224")
    return int(match[1]), int(match[2] or match[1])


def batch_of(text: str) -> int:
    """A number of images. Raises UsageError."""
    if not _BATCH.fullmatch(text):
        raise UsageError(f"{shown(text)} is no batch", "write a whole number from 1: --batch 32")
    return int(text)


def word_of(option: str, text: str, known: tuple[str, ...]) -> str:
    """The value of an option that has to be one of the known. Raises UsageError."""
    if text in known:
        return text
    near = nearest(text, known)
    way_out = f"did you mean {near}?" if near else f"write one of {', '.join(known)}"
    raise UsageError(f"--{option} has no {shown(text)}", way_out)
