"""Loose reading: keys and their paths in a text that need not be valid YAML, and where a cursor is.

While one types, the text hardly ever reads. Indentation and brackets still tell the place; a flow
collection that is not closed ends at the first line that is not indented below its key.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from fishcompile.diagnostics.source import Source
from fishcompile.reader.tree import Path
from fishcompile.record import record

_BLOCK_KEY = re.compile(
    r"""("[^"]*"|'[^']*'|[^\s"'\[\]{},#:&*!|>%@`-][^\[\]{},#:]*?)[ \t]*:(?=\s|$)"""
)


@record
class WrittenKey:
    """A key, with the plain text of its value where that is on the same line."""

    path: Path
    line: int
    column: int
    value: str = ""


@record
class Cursor:
    """Where a cursor stands: in the mapping at `path`, writing a key or the value of `key`.

    `prefix` is what stands between the beginning of that word and the cursor.
    """

    path: Path
    key: str | None
    prefix: str


@dataclass
class _Flow:
    """An open bracket; `key` is the entry that is being written in it."""

    path: Path
    is_list: bool
    key: str | None = None


@dataclass
class _State:
    blocks: list[tuple[int, str]] = field(default_factory=list)  # indentation and key
    flows: list[_Flow] = field(default_factory=list)
    keys: list[WrittenKey] = field(default_factory=list)
    token: str = ""  # the scalar that is being read
    key: str | None = None  # of the block entry on this line
    closed: bool = False  # the value on this line is complete
    comment: bool = False

    def block_path(self) -> Path:
        return tuple(key for _, key in self.blocks)


def written_keys(text: str) -> tuple[WrittenKey, ...]:
    """Every key of a text, with its path."""
    return tuple(_scan(Source("", text).lines).keys)


def cursor(source: Source, line: int, column: int) -> Cursor | None:
    """Where the cursor is; None in a comment and behind a finished value.

    In a list, what is written is a value of the list's key.
    """
    before = (*source.lines[: line - 1], source.line(line)[: column - 1])
    state = _scan(before)
    prefix = state.token.lstrip().lstrip("\"'")
    if state.comment or state.closed or " " in prefix:
        return None
    if state.flows:
        flow = state.flows[-1]
        if flow.is_list:
            return Cursor(flow.path[:-1], str(flow.path[-1]), prefix) if flow.path else None
        return Cursor(flow.path, flow.key, prefix)
    if state.key is not None:
        return Cursor(state.block_path()[:-1], state.key, prefix)
    indent = len(before[-1]) - len(before[-1].lstrip(" "))
    _close_blocks(state, indent)
    return Cursor(state.block_path(), None, before[-1].strip().lstrip("\"'"))


def _scan(lines: tuple[str, ...]) -> _State:
    state = _State()
    for number, line in enumerate(lines, start=1):
        state.key, state.closed, state.comment = None, False, False
        indent = len(line) - len(line.lstrip(" "))
        written = line.strip() or number == len(lines)  # the last line is where the cursor is
        if state.flows and written and not _continues(state, line, indent):
            state.flows.clear()
        if state.flows:
            state.token += " " if state.token else ""
            _flow(state, number, line, 0)
            continue
        state.token = ""
        found = _BLOCK_KEY.match(line, indent)
        if found:
            _close_blocks(state, indent)
            key = _plain(found[1])
            state.blocks.append((indent, key))
            state.key = key
            state.keys.append(WrittenKey(state.block_path(), number, indent + 1))
            _flow(state, number, line, found.end())
        elif line[indent:].startswith("#"):
            state.comment = True
    return state


def _close_blocks(state: _State, indent: int) -> None:
    while state.blocks and state.blocks[-1][0] >= indent:
        state.blocks.pop()


def _continues(state: _State, line: str, indent: int) -> bool:
    """Whether a line can belong to the brackets that are open."""
    closes = line.lstrip().startswith(("]", "}"))
    return closes or not state.blocks or indent > state.blocks[-1][0]


def _flow(state: _State, number: int, line: str, start: int) -> None:
    """Reads the rest of a line, from a value's beginning or from within brackets."""
    state.token = "" if start else state.token
    quote = ""
    for position in range(start, len(line)):
        character = line[position]
        if quote:
            quote = "" if character == quote else quote
            state.token += character
        elif character == "#" and (position == 0 or line[position - 1] in " \t"):
            state.comment = True
            break
        elif character in "\"'" and not state.token.strip():
            quote = character
            state.token += character
        elif character in "{[" and not state.token.strip():
            _open(state, character)
        elif state.flows and character in ",}]":
            _finish(state, character)
        elif state.flows and character == ":" and _ends_key(line, position, state.token):
            _begin(state, number, position)
        else:
            state.token += character
    if not quote:
        _value(state)


def _ends_key(line: str, position: int, token: str) -> bool:
    after = line[position + 1 : position + 2]
    return bool(token.strip()) and (not after or after in " \t,{}[]" or token.strip()[-1] in "\"'")


def _open(state: _State, bracket: str) -> None:
    if state.flows:
        flow = state.flows[-1]
        path = (*flow.path, flow.key) if flow.key is not None else flow.path
    else:
        path = state.block_path()
    state.flows.append(_Flow(path, bracket == "["))
    state.token = ""


def _finish(state: _State, character: str) -> None:
    """A comma or a closing bracket ends the value that is being read."""
    _value(state)
    state.token = ""
    state.flows[-1].key = None
    state.closed = character != ","
    if state.closed:
        state.flows.pop()


def _begin(state: _State, number: int, position: int) -> None:
    """A colon makes the token a key."""
    flow = state.flows[-1]
    flow.key = _plain(state.token.strip())
    column = position - len(state.token.lstrip()) + 1
    state.keys.append(WrittenKey((*flow.path, flow.key), number, column))
    state.token = ""


def _value(state: _State) -> None:
    """Gives the entry that is open the text read for it so far."""
    text = _plain(state.token.strip())
    flow = state.flows[-1] if state.flows else None
    open_ = flow.key is not None and not flow.is_list if flow else state.key is not None
    if open_ and text and state.keys:
        last = state.keys[-1]
        state.keys[-1] = WrittenKey(last.path, last.line, last.column, text)


def _plain(token: str) -> str:
    quoted = len(token) > 1 and token[0] in "\"'" and token[-1] == token[0]
    return token[1:-1] if quoted else token
