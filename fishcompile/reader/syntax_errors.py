"""YAML syntax: the characters a spec may hold, and parser errors put into plain words.

The C parser and the pure-Python one differ in words; a row per error makes one message of both.
"""

from __future__ import annotations

import re
from typing import NamedTuple, Protocol

import yaml

from fishcompile.diagnostics.characters import advice as advice_on
from fishcompile.diagnostics.characters import ascii_of, named
from fishcompile.diagnostics.finding import Diagnostic, Edit, Fix, Related
from fishcompile.diagnostics.names import shown
from fishcompile.diagnostics.source import Source, Span, start_of
from fishcompile.reader.indentation import Shift, shift_of

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


_NO_COLON = "the key before this has no `:`"
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
    _Words(("could not find expected ':'",), _NO_COLON),
    _Words(("unexpected end of stream", "unexpected document"), "the quoted text is not closed"),
    _Words(
        ("unknown escape character", "escape code", "hexdecimal", "hexadecimal"),
        "unknown escape in a double-quoted text",
        "write the backslash twice, or use single quotes; a path is written with `/`",
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
_INDENT = "indent all entries of a block by the same number of spaces"
_QUOTED = re.compile(r"""\"(?:[^"\\]|\\.)*"|'[^']*'|(?:^|\s)#.*""")
_NO_BLANK = re.compile(r" *(?:- )?([A-Za-z_][A-Za-z0-9_]*):([^\s:/\\].*)", re.ASCII)
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
    line, column, end_line, end_column = start.line, start.column, end.line, end.column
    longest = len(lines[line])
    if column > longest:
        column = longest
    if end_line != line:
        longest = len(lines[end_line])
    if end_column > longest:
        end_column = longest
    return Span(source, line + 1, column + 1, end_line + 1, end_column + 1)


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
    slip = strange_character(source, span.line) or _glued(source, span.line)
    if slip is not None:
        return slip
    message, advice = _words(error.problem or "", span)
    key = source.line(span.line)[: span.column - 1].strip().isidentifier()
    if (advice == (_INDENT,) or (key and span.text == ":")) and (
        shift := shift_of(source, span.line, _stops_at)
    ):
        return _indented(source, shift)
    bare = source.line(span.line - 1)
    if message == _NO_COLON and bare.strip().isidentifier():
        return _without_colon(source, span.line - 1)
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


def strange_character(source: Source, line: int) -> Diagnostic | None:
    """The finding about a character on a line, or the one before, that looks like punctuation.

    What stands in quotes and in comments is text.
    """
    for number in (line, line - 1):
        written = source.line(number)
        bare = _QUOTED.sub(lambda quoted: " " * len(quoted[0]), written)
        for at, character in enumerate(bare, 1):
            if ascii_of(character) is not None:
                span = Span(source, number, at, number, at + 1)
                message = f"{named(character)}, which is no punctuation of YAML"
                return Diagnostic(
                    "FC101", message, span, help=(advice_on(character),), fixes=_plainly(span)
                )
    return None


def _plainly(span: Span) -> tuple[Fix, ...]:
    """The fix that writes ASCII for one character, with the blank that belongs behind it."""
    text = ascii_of(span.text) or ""
    behind = span.source.line(span.line)[span.end_column - 1 : span.end_column]
    text += " " if text in (":", ",") and behind.strip() else ""
    return (
        Fix(f"write `{text.strip()}` for it" if text.strip() else "mend it", (Edit(span, text),)),
    )


def _glued(source: Source, line: int) -> Diagnostic | None:
    """The finding about a key without a blank behind its colon, on a line or the one before."""
    for number in (line - 1, line):
        found = _NO_BLANK.fullmatch(source.line(number))
        if found:
            at = found.start(2) + 1
            span = Span(source, number, found.start(1) + 1, number, at)
            help_ = f"write {shown(f'{found[1]}: {found[2].rstrip()}')}"
            edit = Edit(Span(source, number, at, number, at), " ")
            return Diagnostic(
                "FC101",
                "a blank belongs behind the colon of a key",
                span,
                help=(help_,),
                fixes=(Fix("write a blank behind the colon", (edit,), safe=True),),
            )
    return None


def _without_colon(source: Source, line: int) -> Diagnostic:
    """The finding about a key that stands alone on its line, without its colon."""
    written = source.line(line).rstrip()
    first, end = len(written) - len(written.lstrip()) + 1, len(written) + 1
    edit = Edit(Span(source, line, end, line, end), ":")
    title = f"write `{written.strip()}:`"
    return Diagnostic(
        "FC101",
        "this key has no `:`",
        Span(source, line, first, line, end),
        help=(title,),
        fixes=(Fix(title, (edit,)),),
    )


def _stops_at(text: str) -> int | None:
    """The line at which PyYAML gives up on a text, 1-based; None where it reads it."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for _ in yaml.parse(text, Loader=loader):
            pass
    except yaml.MarkedYAMLError as error:
        return error.problem_mark.line + 1 if error.problem_mark else 0
    except (yaml.YAMLError, ValueError, OverflowError):
        return 0
    return None


def _indented(source: Source, shift: Shift) -> Diagnostic:
    """The finding about a line that stands at another depth than the entries beside it."""
    first = shift.have + 1
    end = len(source.line(shift.line).split(":")[0].rstrip()) + 1
    span = Span(source, shift.line, first, shift.line, max(end, first + 1))
    spaces = "1 space" if shift.have == 1 else f"{shift.have} spaces"
    have = f"indented by {spaces}" if shift.have else "not indented"
    message = f"this is {have}, and the entries beside it are by {shift.want}"
    edit = Edit(Span(source, shift.line, 1, shift.line, first), " " * shift.want)
    fix = Fix(f"indent the line by {shift.want}", (edit,))
    help_ = f"indent line {shift.line} by {shift.want}"
    return Diagnostic("FC101", message, span, help=(help_,), fixes=(fix,))


def _words(problem: str, span: Span) -> tuple[str, tuple[str, ...]]:
    if "cannot start any token" in problem:
        if span.text == "\t":
            return "a tab may not stand here", ()
        return "this character cannot begin a value", ("quote text that begins with it",)
    if any(part in problem for part in _BLOCK_END):
        if span.source.line(span.line)[: span.column - 1].strip(" "):
            return "this cannot follow what stands before it on the line", ()
        return "this does not belong to the block it stands in", (_INDENT,)
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
