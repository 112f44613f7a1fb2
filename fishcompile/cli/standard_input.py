"""Standard input as a spec, for the commands that take `-` as one."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from fishcompile.diagnostics.errors import UsageError
from fishcompile.files import STDIN
from fishcompile.reader.read import MAX_BYTES


def standard_input(words: Iterable[str], name: str) -> Mapping[Path, bytes]:
    """The bytes of standard input by the name they are checked under, where they are asked for."""
    if STDIN not in words:
        return {}
    try:
        return {Path(name): sys.stdin.buffer.read(MAX_BYTES + 1)}
    except (OSError, AttributeError) as error:
        reason = getattr(error, "strerror", None) or "it is closed"
        raise UsageError(f"standard input cannot be read: {reason}") from error
