"""Axes of a sweep: the values that a setting takes in turn, `tail.tail1.out=64..192/32`.

Values are parted by commas outside of brackets. `a..b` counts from a to b by 1, `a..b/s` by s, and
`a..b*f` multiplies by f; both ends may be decimals.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from math import prod

from fishcompile.diagnostics.errors import UsageError
from fishcompile.diagnostics.names import shown
from fishcompile.loading.settings import Setting, settings_of, split, value_of
from fishcompile.record import record

MOST = 1_000_000  # combinations of a sweep
_NUMBER = r"-?[0-9]+(?:\.[0-9]+)?"
_RANGE = re.compile(rf"({_NUMBER})\.\.({_NUMBER})(?:([/*])({_NUMBER}))?", re.ASCII)


@record
class Axis:
    """A path of keys, and the settings of it in turn."""

    path: tuple[str, ...]
    settings: tuple[Setting, ...]

    @property
    def name(self) -> str:
        """The path as it is written."""
        return ".".join(self.path)


def axes_of(words: Iterable[str]) -> tuple[Axis, ...]:
    """The axes that words mean. Raises UsageError."""
    axes = tuple(map(_axis, words))
    settings_of(str(axis.settings[0]) for axis in axes)  # no path is set twice
    count = prod(len(axis.settings) for axis in axes)
    if count > MOST:
        way_out = "take wider steps, or fewer of the settings"
        raise UsageError(f"{count:,} combinations are more than {MOST:,}", way_out)
    return axes


def combination(axes: Sequence[Axis], number: int) -> tuple[Setting, ...]:
    """The settings of a combination by its number; the last axis changes first."""
    found = []
    for axis in reversed(axes):
        number, at = divmod(number, len(axis.settings))
        found.append(axis.settings[at])
    return tuple(reversed(found))


def _axis(word: str) -> Axis:
    path, text = split(word)
    texts = list(dict.fromkeys(value for part in _parts(text) for value in _values(part, word)))
    return Axis(path, tuple(Setting(path, value_of(each, word), each) for each in texts))


def _parts(text: str) -> Iterator[str]:
    """The text between commas that stand outside of brackets and quotes."""
    depth, part, quote = 0, "", ""
    for character in text:
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character in "[{":
            depth += 1
        elif character in "]}":
            depth -= 1
        elif character == "," and not depth:
            yield part.strip()
            part = ""
            continue
        part += character
    yield part.strip()


def _values(part: str, word: str) -> Iterator[str]:
    if not part:
        raise UsageError(f"{shown(word)} has an empty value", "take the comma out")
    match = _RANGE.fullmatch(part)
    if match is None:
        if ".." in part and part[:1] not in "\"'[{":
            way_out = "write it as 64..192/32, 1..4 or 32..512*2"
            raise UsageError(f"{shown(part)} is no range", way_out)
        yield part
        return
    first, last = Decimal(match[1]), Decimal(match[2])
    multiplies, step = match[3] == "*", Decimal(match[4] or 1)
    grows = step > 1 and first > 0 if multiplies else step > 0
    if not grows or first > last:
        way_out = "count upwards: 64..192/32 adds 32, 32..512*2 doubles"
        raise UsageError(f"{shown(part)} comes to no end, or has nothing in it", way_out)
    value = first
    for _ in range(MOST + 1):
        if value > last:
            return
        yield format(value.normalize() if "." in str(value) else value, "f")
        value = value * step if multiplies else value + step
    raise UsageError(f"{shown(part)} has more than {MOST:,} values", "take wider steps")
