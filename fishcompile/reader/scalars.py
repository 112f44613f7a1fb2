"""Scalars: what a plain YAML scalar means by YAML 1.2's core schema (section 10.3.2).

PyYAML resolves by YAML 1.1, where `1e-5` is text, `on` is true, `010` is 8 and `1:30` is 90.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fishcompile.reader.tree import Scalar

# Every integer in a spec counts something; 18 digits also fit a signed 64-bit integer.
MAX_DIGITS = 18

_CONSTANTS: dict[str, Scalar] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_DECIMAL = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")


class NumberError(ValueError):
    """A scalar written as a number that no spec can mean; its text says why."""


def resolve(text: str) -> Scalar:
    """The value of a plain scalar: null, bool, int, float or else the text itself.

    Raises:
        NumberError: for `.nan`, `.inf`, floats that overflow and integers of over 18 digits.
    """
    if text.isdecimal() and text.isascii() and len(text) <= MAX_DIGITS:
        return int(text)
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] not in "+-.0123456789":
        return text
    if _DECIMAL.fullmatch(text):
        return _integer(text.lstrip("+-"), 10, negative=text[0] == "-")
    if _BASED.fullmatch(text):
        return _integer(text[2:], 8 if text[1] == "o" else 16)
    if _FLOAT.fullmatch(text):
        number = float(text)
        if math.isinf(number):
            raise NumberError("numbers are finite, and this one overflows to infinity")
        return number
    if _NOT_FINITE.fullmatch(text):
        raise NumberError(f"numbers are finite, and this is `{text}`")
    return text


def _integer(digits: str, base: int, *, negative: bool = False) -> int:
    # Counted before int(), which takes quadratic time and, past 4,300 digits, raises.
    significant = digits.lstrip("0")
    if len(significant) <= MAX_DIGITS:
        value = int(significant or "0", base)
        if value < 10**MAX_DIGITS:
            return -value if negative else value
        significant = str(value)
    raise NumberError(
        f"integers have at most {MAX_DIGITS} digits, and this one has {len(significant):,}"
    )
