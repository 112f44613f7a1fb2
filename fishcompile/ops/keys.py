"""Keys of a node: what an author may write for each, its default, and what it is for.

A kind of node declares its keys as these, one built in and one of a plug-in alike; the schema, the
key reference, and the messages for what is wrong come from them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from keyword import iskeyword
from math import isfinite
from typing import Any

REQUIRED: Any = object()  # in the place of a default: the key has to be written


@dataclass(frozen=True)
class Key(ABC):
    """A key of a node. A `default` of None is for what is worked out where the key is left out."""

    description: str
    default: Any = field(default=REQUIRED, kw_only=True)
    example: Any = field(default=None, kw_only=True)

    @abstractmethod
    def form(self) -> dict[str, Any]:
        """What JSON Schema says of a value: its type and bounds."""

    @abstractmethod
    def fits(self, value: Any) -> bool:
        """Whether a value may be written. May raise TypeError for a key that is at fault."""

    def value(self, written: Any) -> Any:
        """A value, which is not None, as whoever makes the node takes it."""
        return written

    def schema(self) -> dict[str, Any]:
        """What JSON Schema says of the key, with its default or an example."""
        said = {"description": self.description, **self.form()}
        if self.default is REQUIRED or self.default is None:
            return {**said, "examples": [_plain(self.example)]}
        return {**said, "default": _plain(self.default)}

    def fault(self) -> str | None:
        """What is wrong with the key itself, if anything can be seen of it."""
        known = self.default is not REQUIRED and self.default is not None
        which = "default" if known else "example"
        try:
            fits = self.fits(getattr(self, which))
        except TypeError:
            fits = False
        return None if fits else f"its `{which}` is no value that it allows"


@dataclass(frozen=True)
class Whole(Key):
    """A whole number from `least` to `most`; in a block of a spec, a formula too."""

    least: int
    most: int

    def form(self) -> dict[str, Any]:
        """An integer with bounds."""
        return {"type": ["integer"], "minimum": self.least, "maximum": self.most}

    def fits(self, value: Any) -> bool:
        """Within the bounds, which are whole numbers too."""
        numbers = (self.least, value, self.most)
        return all(type(n) is int for n in numbers) and self.least <= value <= self.most


@dataclass(frozen=True)
class Decimal(Key):
    """A number from `least` to `most`, with or without a point: a float."""

    least: float
    most: float

    def form(self) -> dict[str, Any]:
        """A number with bounds."""
        return {"type": ["number"], "minimum": self.least, "maximum": self.most}

    def fits(self, value: Any) -> bool:
        """Within the bounds, which are finite."""
        numbers = (self.least, value, self.most)
        finite = all(type(n) in (int, float) and isfinite(n) for n in numbers)
        return finite and self.least <= value <= self.most

    def value(self, written: Any) -> float:
        """As a float."""
        return float(written)


@dataclass(frozen=True)
class Pair(Whole):
    """Two whole numbers from `least` to `most`, written as a list: a tuple."""

    def form(self) -> dict[str, Any]:
        """A list of two integers."""
        return {"type": ["array"], "items": super().form(), "minItems": 2, "maxItems": 2}

    def fits(self, value: Any) -> bool:
        """Two numbers, each within the bounds."""
        return len(value) == 2 and all(map(super().fits, value))

    def value(self, written: Any) -> tuple[int, ...]:
        """As a tuple."""
        return tuple(written)


@dataclass(frozen=True)
class Flag(Key):
    """`true` or `false`."""

    def form(self) -> dict[str, Any]:
        """A boolean."""
        return {"type": ["boolean"]}

    def fits(self, value: Any) -> bool:
        """A flag."""
        return isinstance(value, bool)


@dataclass(frozen=True)
class Word(Key):
    """One of several words."""

    words: Sequence[str]

    def form(self) -> dict[str, Any]:
        """An enumeration."""
        return {"enum": list(self.words)}

    def fits(self, value: Any) -> bool:
        """One of the words, all of which are such."""
        return value in self.words and all(map(is_word, self.words))


def is_word(value: object) -> bool:
    """Whether a value is a text that stands for itself in a spec, in Python and in printed IR."""
    known = isinstance(value, str) and value.isascii() and value.isidentifier()
    return known and not iskeyword(str(value))


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
