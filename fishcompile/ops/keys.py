"""Keys of a node: what an author may write for each, its default, and what it is for.

A kind of node declares its keys as these, one built in and one of a plug-in alike; the schema, the
key reference, and the messages for what is wrong come from them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from keyword import iskeyword
from typing import Any

from fishcompile.record import record

REQUIRED: Any = object()  # in the place of a default: the key has to be written


@record
class Key:
    """A key of a node, made by one of the functions below.

    `form` is what JSON Schema says of a value, and `convert` makes of a value that is not None what
    goes into the node. A `default` of None is for what is worked out where the key is left out;
    without a default that can be shown there is an `example`.
    """

    description: str
    form: Mapping[str, Any]
    convert: Callable[[Any], Any] = lambda written: written
    default: Any = REQUIRED
    example: Any = None

    @property
    def _shown(self) -> tuple[str, Any]:
        which = "example" if self.default is REQUIRED or self.default is None else "default"
        value = getattr(self, which)
        return which, list(value) if isinstance(value, tuple) else value

    def schema(self) -> dict[str, Any]:
        """What JSON Schema says of the key, with its default or an example."""
        which, value = self._shown
        shown = {"default": value} if which == "default" else {"examples": [value]}
        return {"description": self.description, **self.form, **shown}

    def fault(self) -> str | None:
        """What is wrong with the key itself, if anything can be seen of it."""
        from jsonschema import Draft202012Validator

        which, value = self._shown
        try:
            json.dumps([self.form, value], allow_nan=False)
            fits = Draft202012Validator(self.form).is_valid(value)
        except (TypeError, ValueError):
            fits = False
        fits = fits and all(map(is_word, self.form.get("enum", ())))
        return None if fits else f"its `{which}` is no value that it allows"


def whole(description: str, least: int, most: int, **shown: Any) -> Key:
    """A whole number of a range; in a block of a spec, a formula too."""
    return Key(description, _integer(least, most), **shown)


def decimal(description: str, least: float, most: float, **shown: Any) -> Key:
    """A number of a range, with or without a point: a float."""
    form = {"type": ["number"], "minimum": least, "maximum": most}
    return Key(description, form, float, **shown)


def pair(description: str, least: int, most: int, **shown: Any) -> Key:
    """Two whole numbers of a range, written as a list: a tuple."""
    form = {"type": ["array"], "items": _integer(least, most), "minItems": 2, "maxItems": 2}
    return Key(description, form, tuple, **shown)


def flag(description: str, **shown: Any) -> Key:
    """`true` or `false`."""
    return Key(description, {"type": ["boolean"]}, **shown)


def word(description: str, words: Sequence[str], **shown: Any) -> Key:
    """One of several words."""
    return Key(description, {"enum": list(words)}, **shown)


def is_word(value: object) -> bool:
    """Whether a value is a text that stands for itself in a spec, in Python and in printed IR."""
    known = isinstance(value, str) and value.isascii() and value.isidentifier()
    return known and not iskeyword(str(value))


def quoted(text: str) -> str:
    """The text of a field as Python has it, words in quotes."""
    return f'"{text}"' if is_word(text) else text


def _integer(least: int, most: int) -> dict[str, Any]:
    return {"type": ["integer"], "minimum": least, "maximum": most}
