"""Escaping that several formats share, so that no text of a spec ends up as markup or a command.

`visible` in _snippets.py makes one harmless line of any text; what is here comes after it or, where
a format must give the text back unchanged, in its place.
"""

from __future__ import annotations

import json
import re
from typing import Any

# GitHub's runner obeys `::command::` where a line of a log begins with it, blanks aside, and
# `##[command]` wherever it stands. `:::` is no command: text.py begins lines so.
_LINE_COMMAND = re.compile(r"^([ \t]*):(?=:(?!:))", re.MULTILINE)
_BRACKET_COMMAND = "##["


def inert(text: str) -> str:
    """`text` for a log: no line of it holds a command."""
    return without_brackets(_LINE_COMMAND.sub(r"\1\\x3a", text))


def without_brackets(text: str) -> str:
    """`text` in which only a `::command::` can be a command."""
    return text.replace(_BRACKET_COMMAND, "\\x23#[")


def without_surrogates(text: str) -> str:
    r"""`text` with unpaired surrogates, which have no UTF-8, written out: ``\udcff``.

    They stand for the bytes of a file name that are not UTF-8.
    """
    return text.encode("utf-8", "backslashreplace").decode()


def json_text(value: Any) -> str:
    """JSON in plain ASCII, so without control or bidirectional characters, strings unchanged."""
    text = json.dumps(_encodable(value), indent=2, ensure_ascii=True)
    # A number sign stands in strings alone.
    return text.replace(_BRACKET_COMMAND, "\\u0023#[")


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return without_surrogates(value)
    if isinstance(value, dict):
        return {key: _encodable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_encodable(item) for item in value]
    return value


_XML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"})


def xml_text(text: str) -> str:
    """`text`, which `visible` has passed line by line, for an attribute or an element, in ASCII."""
    escaped = text.translate(_XML).replace(_BRACKET_COMMAND, "&#35;#[")
    escaped = _LINE_COMMAND.sub(r"\1&#58;", escaped)
    return escaped.encode("ascii", "xmlcharrefreplace").decode()
