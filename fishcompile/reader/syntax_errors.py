"""YAML syntax: the characters a spec may hold, and parser errors put into plain words.

The C parser and the pure-Python one word the same error differently; a row per error makes one
message of both.
"""

from __future__ import annotations

import re
from typing import NamedTuple, Protocol

import yaml

from fishcompile.diagnostics.finding import Diagnostic, Related
from fishcompile.diagnostics.source import Source, Span, start_of

# YAML 1.2's printable characters (section 5.1), less the byte-order mark and the three that only
# YAML 1.1, and so PyYAML, takes for line breaks.
_REFUSED = "[^\t\n\r -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
_WHITE = str.maketrans("\t\n\r", "   ")
_LINE_BREAKS = {"\x85": "NEL", "\u2028": "line separator", "\u2029": "paragraph separator"}


class Mark(Protocol):
    """What the marks of the C parser and of the pure-Python one have in common, 0-based."""

    line: int
    column: int


class _Words(NamedTuple):
    """What to say where the parser's problem contains one of `seen`."""

    seen: tuple[str, ...]
    message: str
    help: str = ""


_WORDS = (
    _Words(
        ("mapping values are not allowed",),
        "a `:` is not expected here",
        "put `key: value` on a line of its own, indented like its neighbours, "
        "and quote text that holds `: `",
    ),
    _Words(
        ("sequence entries are not allowed",),
        "a list item is not expected here",
        "begin the list on a line of its own, or write it as `[a, b]`",
    ),
    _Words(("mapping keys are not allowed",), "a `?` key is not expected here"),
    _Words(("',' or ']'",), "expected `,` or the `]` that closes the list"),
    _Words(("',' or '}'",), "expected `,` or the `}` that closes the mapping"),
    _Words(("could not find expected ':'",), "the key before this has no `:`"),
    _Words(("unexpected end of stream", "unexpected document"), "the quoted text is not closed"),
    _Words(
        ("unknown escape character", "escape code", "hexdecimal", "hexadecimal"),
        "unknown escape in a double-quoted text",
        "write the backslash twice, or use single quotes",
    ),
    _Words(("node content",), "a key or value is missing before this"),
    _Words(("document start",), "this stands outside the document"),
    _Words(
        ("tag", "'>'", "UTF-8", "utf-8"),
        "this tag cannot be read, and tags mean nothing here",
        "remove the tag",
    ),
    _Words(("alphabetic or numeric",), "an anchor or alias needs a name"),
    _Words(("incompatible YAML", "version number"), "only YAML 1.2 is read", "remove `%YAML`"),
    _Words(("directive name",), "unknown directive", "specs are YAML 1.2; remove the line"),
    _Words(("violates indentation",), "a tab stands in the indentation"),
)
_BLOCK_END = ("<block end>", "expected key", "expected '-' indicator")
_CONTEXT = re.compile(r"while (?:parsing|scanning) an? (.+)")
_NOUNS = {
    "block mapping": "mapping",
    "block collection": "list",
    "block sequence": "list",
    "flow sequence": "list",
    "flow mapping": "mapping",
    "simple key": "key",
    "quoted scalar": "quoted text",
    "double-quoted scalar": "quoted text",
    "block scalar": "text",
    "plain scalar": "text",
}


def refused_character(source: Source) -> Diagnostic | None:
    """The finding about the first character that no spec may hold, if there is one."""
    # every character that Python prints may stand in a spec, and most specs hold no others
    if source.text.translate(_WHITE).isprintable():
        return None
    found = re.search(_REFUSED, source.text)
    if found is None:
        return None
    line, column = end_of(source.text[: found.start()])
    span = Span(source, line, column, line, column + 1)
    code = f"U+{ord(found[0]):04X}"
    if found[0] in _LINE_BREAKS:
        message = f"{code} ({_LINE_BREAKS[found[0]]}) breaks lines in YAML 1.1 but not in YAML 1.2"
        return Diagnostic("FC103", message, span, help=("remove it, or begin a new line",))
    if found[0] == "\ufeff":
        message = f"{code} (byte-order mark) may only begin the file"
    elif "\ud800" <= found[0] <= "\udfff":
        message = f"{code} is half of a surrogate pair, not a character"
    else:
        message = f"the control character {code} may not stand in YAML"
    return Diagnostic("FC101", message, span, help=("remove it",))


def end_of(text: str) -> tuple[int, int]:
    """The line and column, 1-based, that follow `text`."""
    lines = Source("", text).lines
    return len(lines), len(lines[-1]) + 1


def position(source: Source, mark: Mark | None) -> tuple[int, int]:
    """A parser's mark as a 1-based line and column; past the last line is the text's end."""
    assert mark is not None, "every event of a parser has its marks"
    lines = source.lines
    if mark.line >= len(lines):
        return len(lines), len(lines[-1]) + 1
    return mark.line + 1, min(mark.column, len(lines[mark.line])) + 1


def span_of(source: Source, start: Mark | None, end: Mark | None) -> Span:
    """What lies between two marks of an event: `position` of both, for every word of a spec."""
    lines = source.lines
    if start is None or end is None or end.line >= len(lines):
        return Span(source, *position(source, start), *position(source, end))
    first, last = len(lines[start.line]), len(lines[end.line])
    return Span(
        source,
        start.line + 1,
        (start.column if start.column < first else first) + 1,
        end.line + 1,
        (end.column if end.column < last else last) + 1,
    )


def syntax_error(source: Source, error: Exception) -> Diagnostic:
    """An exception of PyYAML's parser as a finding at its place.

    The pure-Python parser also lets ValueError and OverflowError out, which know no place.
    """
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        message = "a number in an escape or a directive is too large"
        if isinstance(error, yaml.YAMLError):
            message = f"YAML cannot be read: {error}"
        return Diagnostic("FC101", message, start_of(source))
    span = _character(source, error.problem_mark)
    message, advice = _words(error.problem or "", span)
    related: tuple[Related, ...] = ()
    context = _CONTEXT.fullmatch(error.context or "")
    if context and error.context_mark is not None:
        first = _character(source, error.context_mark)
        if (first.line, first.column) != (span.line, span.column):
            noun = _NOUNS.get(context[1], context[1])
            related = (Related(first, f"the {noun} begins here"),)
    return Diagnostic(
        "FC101", message, span, related=related, help=(*advice, *_tab_help(source, span.line))
    )


def _words(problem: str, span: Span) -> tuple[str, tuple[str, ...]]:
    if "cannot start any token" in problem:
        if span.text == "\t":
            return "a tab may not stand here", ()
        return "this character cannot begin a value", ("quote text that begins with it",)
    if any(part in problem for part in _BLOCK_END):
        if span.source.line(span.line)[: span.column - 1].strip(" "):
            return "this cannot follow what stands before it on the line", ()
        advice = "indent all entries of a block by the same number of spaces"
        return "this does not belong to the block it stands in", (advice,)
    for words in _WORDS:
        if any(part in problem for part in words.seen):
            return words.message, (words.help,) if words.help else ()
    return problem, ()


def _tab_help(source: Source, last: int) -> tuple[str, ...]:
    # The line in error, or the one above it, on which the parser has based its expectation.
    for number in (last, last - 1):
        line = source.line(number)
        if "\t" in line[: len(line) - len(line.lstrip(" \t"))]:
            return (f"YAML is indented with spaces, and line {number} is indented with a tab",)
    return ()


def _character(source: Source, mark: Mark) -> Span:
    line, column = position(source, mark)
    return Span(source, line, column, line, min(column + 1, len(source.line(line)) + 1))
