"""Plain scalars by YAML 1.2's core schema: the value and its type."""

from __future__ import annotations

import pytest

from fishcompile.reader.scalars import NumberError, resolve


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((text, None) for text in ("", "~", "null", "Null", "NULL")),
        *((text, True) for text in ("true", "True", "TRUE")),
        *((text, False) for text in ("false", "False", "FALSE")),
        ("0", 0),
        ("-0", 0),
        ("+5", 5),
        ("-17", -17),
        ("010", 10),
        ("-010", -10),
        ("0o17", 15),
        ("0xfF", 255),
        ("999999999999999999", 999999999999999999),
        ("-999999999999999999", -999999999999999999),
        ("0" * 5000 + "7", 7),
        ("0xDE0B6B3A763FFFF", 999999999999999999),
        ("1e-5", 1e-5),
        ("1E5", 100000.0),
        ("1.", 1.0),
        (".5", 0.5),
        ("-.5e+1", -5.0),
        ("+1.25", 1.25),
        ("0." + "3" * 5000, 1 / 3),
    ],
)
def test_constants_and_numbers(text: str, value: object) -> None:
    resolved = resolve(text)
    assert (resolved, type(resolved)) == (value, type(value))


@pytest.mark.parametrize(
    "text",
    [
        *("on", "off", "yes", "no", "Y", "nULL", "tRUE", "NaN", "inf", "nan"),
        *("1:30", "2024-01-01", "1_000", "0b1", "0X1F", "0O7", "-0x1", "+0o7", "0o8", "0xg"),
        *("-", "+", ".", "..", "-.", "1.2.3", "1e", "e5", "1e5.", "--1", "1 2", ".NaN1", "+.nan"),
        *("٣", "１", "<<", "=", "1\n"),
    ],
)
def test_everything_else_is_text(text: str) -> None:
    assert resolve(text) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        *(
            (text, f"numbers are finite, and this is `{text}`")
            for text in (".nan", ".NaN", ".NAN", ".inf", "-.inf", "+.Inf", ".INF")
        ),
        ("1e999", "numbers are finite, and this one overflows to infinity"),
        ("-1e999", "numbers are finite, and this one overflows to infinity"),
        ("1000000000000000000", "integers have at most 18 digits, and this one has 19"),
        ("-1000000000000000000", "integers have at most 18 digits, and this one has 19"),
        ("0xDE0B6B3A7640000", "integers have at most 18 digits, and this one has 19"),
        ("0o" + "7" * 5000, "integers have at most 18 digits, and this one has 5,000"),
        ("9" * 5000, "integers have at most 18 digits, and this one has 5,000"),
    ],
)
def test_numbers_that_cannot_stand(text: str, message: str) -> None:
    with pytest.raises(NumberError) as caught:
        resolve(text)
    assert str(caught.value) == message


def test_a_million_digits_are_counted_and_not_converted() -> None:
    """Python's `int`, which takes the square of their number, refuses more than 4,300 of them."""
    with pytest.raises(NumberError, match=r"has 1,000,000$"):
        resolve("9" * 1_000_000)
