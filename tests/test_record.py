"""Records behave as the frozen dataclasses of the standard library that they stand for."""

from __future__ import annotations

import dataclasses
from dataclasses import FrozenInstanceError, dataclass, field, replace
from pprint import pformat

import pytest

from fishcompile.record import record


def _make(decorate: object) -> type:
    class Value:
        """A number, and what is neither compared nor shown."""

        number: int
        name: str = "x"
        place: tuple[int, ...] = field(default=(), compare=False)
        text: str = field(default="", repr=False)

    return decorate(Value)  # type: ignore[operator,no-any-return]


RECORD, PLAIN = _make(record), _make(dataclass(frozen=True))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((1,), (1,)),
        ((1,), (2,)),
        ((1, "y"), (1, "x")),
        ((1, "x", (1,)), (1, "x", (2,))),
        ((1, "x", (), "a"), (1, "x", (), "b")),
    ],
)
def test_records_compare_and_hash_as_frozen_dataclasses(
    first: tuple[object, ...], second: tuple[object, ...]
) -> None:
    equal = PLAIN(*first) == PLAIN(*second)
    assert (RECORD(*first) == RECORD(*second)) is equal
    assert (hash(RECORD(*first)) == hash(RECORD(*second))) is equal
    assert hash(RECORD(*first)) == hash(PLAIN(*first))


def test_records_of_two_classes_differ() -> None:
    assert RECORD(1) != PLAIN(1)
    assert RECORD(1) != (1, "x", "")


def test_records_print_as_frozen_dataclasses() -> None:
    assert repr(RECORD(1, "y", (2,), "long")) == repr(PLAIN(1, "y", (2,), "long"))


def test_records_refuse_to_be_changed() -> None:
    value = RECORD(1)
    with pytest.raises(FrozenInstanceError):
        value.number = 2
    with pytest.raises(FrozenInstanceError):
        del value.number
    assert replace(value, number=2) == RECORD(2)
    assert [f.name for f in dataclasses.fields(value)] == ["number", "name", "place", "text"]


def test_a_frozen_dataclass_inherits_from_a_record() -> None:
    @dataclass(frozen=True)
    class Longer(RECORD):  # type: ignore[valid-type,misc]
        more: int = 0

    assert Longer(1, more=2) != Longer(1, more=3)
    assert Longer(1) == Longer(1)
    assert Longer(1) != RECORD(1)


def test_what_a_class_says_of_itself_stays() -> None:
    @record
    class Loud:
        number: int

        def __repr__(self) -> str:
            return "loud"

    assert repr(Loud(1)) == "loud"
    assert Loud(1) == Loud(1)


def test_pprint_takes_a_record_for_a_dataclass() -> None:
    value = RECORD(1, "y" * 60, (2,) * 20)
    assert pformat(value) == pformat(PLAIN(1, "y" * 60, (2,) * 20))
    assert pformat(value).count("\n") == 2
