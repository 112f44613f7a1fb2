"""The examples of rules and tests: specs that say in comments what is found in them, and where.

    body2: {k: 5}  # expect: FC302 @ 13-14 "k = 5"
    # expect-next-line: FC102 @ 1-5 "written twice", FC110 @ 1-5 "unknown key"

`@ 13-14` are the columns of the primary span, counted from 1, the end exclusive, as in every
report; `@ 13-` ends on a later line. Each quoted text stands in the message or in the label;
backslash escapes work in it as in JSON. `split` takes the comments out; those that stand on a
line of their own take the line with them. The tests hold the findings against them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

Example = str | Mapping[str, str]
MAIN = "spec.yaml"  # the file that is checked; a base of it has another name

_COMMENT = re.compile(r"[ ]*# expect(?P<next>-next-line)?: (?P<list>FC\d.*)$")


class Announced(NamedTuple):
    """What a comment announces of a line of a file, as it is written."""

    file: str
    line: int
    text: str


def split(example: Example) -> tuple[dict[str, str], tuple[Announced, ...]]:
    """The files of an example without the comments, and what these announce.

    Raises ValueError for a comment that stands where it may not.
    """
    files = {MAIN: example} if isinstance(example, str) else dict(example)
    announced: list[Announced] = []
    plain = {name: _split(name, text, announced) for name, text in files.items()}
    return plain, tuple(announced)


def _split(name: str, text: str, announced: list[Announced]) -> str:
    lines: list[str] = []
    for line in text.split("\n"):
        found = _COMMENT.search(line)
        if found is None:
            lines.append(line)
            continue
        rest = line[: found.start()]
        announced.append(Announced(name, len(lines) + 1, found["list"]))
        if rest:
            lines.append(rest)
        if bool(rest) == bool(found["next"]):
            raise ValueError(f"`expect` ends a line, `expect-next-line` is one: {line}")
    return "\n".join(lines)
