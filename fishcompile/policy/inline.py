"""`# fishcompile: ignore[FC501] reason`: what a line of a spec asks not to be reported.

Behind a value it holds for its line; alone on a line, for the next line that is no comment.
`read_ignores` gives them, and FC902 for each that cannot hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from fishcompile.diagnostics.finding import MAX_FINDINGS, Diagnostic, Edit, Fix
from fishcompile.diagnostics.names import shown
from fishcompile.diagnostics.source import Source, Span
from fishcompile.policy.comments import marked_comments
from fishcompile.policy.selectors import meant, rules
from fishcompile.record import record

_IGNORE = re.compile(r"#[ \t]*fishcompile:[ \t]*ignore\[([^\]]*)\]")
_FORM = "write `# fishcompile: ignore[FC501] reason`"
_OWN = "FC9"  # what is said about these comments themselves


@record
class Ignore:
    """One rule that is not to be reported on `line`; `span` is its id in the comment."""

    rule: str
    line: int
    span: Span
    comment: Span


@lru_cache(maxsize=64)  # a base is asked for with each of its variants
def read_ignores(source: Source) -> tuple[tuple[Ignore, ...], tuple[Diagnostic, ...]]:
    """The ignores of a text, and the findings about those that are malformed."""
    ignores: list[Ignore] = []
    malformed: list[Diagnostic] = []
    below = dict[int, int]()
    for comment in reversed(marked_comments(source)):
        for found in _read(comment, below):
            if isinstance(found, Ignore):
                ignores.append(found)
            else:
                malformed.append(found)
            if len(malformed) == MAX_FINDINGS:
                return tuple(ignores), tuple(malformed)
    return tuple(ignores), tuple(malformed)


def unused(ignore: Ignore) -> Diagnostic:
    """FC901 for an ignore that nothing was suppressed by."""
    message = f"nothing to ignore: {ignore.rule} is not found on line {ignore.line}"
    help_, fixes = ("remove it, so that it cannot hide a later finding",), _removal(ignore)
    return Diagnostic("FC901", message, ignore.span, severity="warning", help=help_, fixes=fixes)


def _read(comment: Span, below: dict[int, int]) -> Iterator[Ignore | Diagnostic]:
    source, line = comment.source, comment.source.line(comment.line)
    found = _IGNORE.match(line, comment.column - 1)
    if found is None:
        yield _malformed("this comment is not understood", comment, _FORM)
        return
    holds_for = _line_below(comment, below) if _only_comment(line) else comment.line
    whole = Span(source, comment.line, comment.column, comment.line, found.end() + 1)
    if not found[1].strip():
        message = "an ignore without rule ids would hide everything"
        yield _malformed(message, whole, f"name what it is for: {_FORM}")
        return
    for word in re.finditer(r"[^,]+", found[1]):
        rule = word[0].strip()
        begin = found.start(1) + word.start() + len(word[0]) - len(word[0].lstrip())
        span = Span(source, comment.line, begin + 1, comment.line, begin + 1 + len(rule))
        refused = _refused(rule)
        if refused is None:
            yield Ignore(rule, holds_for, span, whole)
        else:
            yield _malformed(refused[0], span, refused[1])


def _refused(rule: str) -> tuple[str, str] | None:
    """Why a line cannot ignore this, and the way out."""
    if rule in rules():
        if rule[:3] in ("FC1", "FC2", "FC3"):
            return f"{rule} cannot be ignored: such a spec cannot be built", "mend what it reports"
        if rule.startswith(_OWN):
            return f"{rule} cannot be ignored by a comment", f"use `--ignore {rule}`"
        return None
    if rule and any(known.startswith(rule) for known in rules()):
        return f"{shown(rule)} is a family of rules", "name each rule in full, such as FC501"
    return f"no rule has the id {shown(rule)}", meant(rule)


def _malformed(message: str, span: Span, help_: str) -> Diagnostic:
    return Diagnostic("FC902", message, span, severity="warning", help=(help_,))


def _line_below(comment: Span, below: dict[int, int]) -> int:
    """The next line that is no comment; `below` knows it for the lines that were looked at."""
    number = comment.line + 1
    while number not in below and _only_comment(comment.source.line(number)):
        number += 1
    below[comment.line] = below.get(number, number)
    return below[comment.line]


def _only_comment(line: str) -> bool:
    return line.lstrip(" \t").startswith("#")


def _removal(ignore: Ignore) -> tuple[Fix, ...]:
    """Taking the comment away where it names nothing else; another variant may still need it."""
    comment = ignore.comment
    line = comment.source.line(comment.line)
    if "," in comment.text or line[comment.column - 1 :].count("#") > 1:
        return ()
    kept = len(line[: comment.column - 1].rstrip(" \t"))
    end_line, end = (comment.line, len(line) + 1) if kept else (comment.line + 1, 1)
    if not kept and comment.line == len(comment.source.lines):
        return ()
    span = Span(comment.source, comment.line, kept + 1 if kept else 1, end_line, end)
    return (Fix("remove the comment", (Edit(span, ""),)),)
