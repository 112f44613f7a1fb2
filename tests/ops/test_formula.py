"""Formulas: how they print, what they simplify to, and that Sym counts as plain integers do."""

from __future__ import annotations

import operator
from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fishcompile.ops.formula import (
    Binary,
    Const,
    Formula,
    Sym,
    Var,
    binary,
    evaluate,
    formula_of,
    parse,
    substitute,
    unlike,
    variables,
)

A, B, C = Var("a"), Var("b"), Var("c")
OPERATIONS: dict[str, Callable[[int, int], int]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "//": operator.floordiv,
}
VALUES = {"a": 24, "b": 7, "c": 3}

leaves = st.one_of(
    st.integers(-9, 99).map(Const), st.sampled_from([A, B, C]), st.booleans().map(Const)
)
formulas: st.SearchStrategy[Formula] = st.recursive(
    leaves,
    lambda inner: st.builds(Binary, st.sampled_from([*OPERATIONS, "!="]), inner, inner),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (Binary("*", Binary("+", A, B), C), "(a + b) * c"),
        (Binary("+", Binary("*", A, B), C), "a * b + c"),
        (Binary("+", A, Binary("*", B, C)), "a + b * c"),
        (Binary("*", A, Binary("//", B, Const(2))), "a * (b // 2)"),
        (Binary("//", Binary("*", A, B), Const(2)), "a * b // 2"),
        (Binary("//", A, Binary("*", B, C)), "a // (b * c)"),
        (Binary("-", A, Binary("-", B, C)), "a - (b - c)"),
        (Binary("-", Binary("-", A, B), C), "a - b - c"),
        (Binary("-", A, Const(-1)), "a - -1"),
        (Binary("+", Binary("!=", A, B), C), "(a != b) + c"),
        (Binary("!=", Binary("+", A, B), C), "a + b != c"),
        (Binary("!=", Binary("!=", A, B), C), "(a != b) != c"),
        (Const(True), "True"),
    ],
)
def test_brackets_stand_where_python_needs_them(formula: Formula, text: str) -> None:
    assert str(formula) == text
    assert parse(text) == formula


@pytest.mark.parametrize(
    ("symbol", "left", "right", "result"),
    [
        ("*", Const(1), A, A),
        ("*", A, Const(1), A),
        ("//", A, Const(1), A),
        ("*", Const(0), A, Const(0)),
        ("*", A, Const(0), Const(0)),
        ("+", Const(0), A, A),
        ("+", A, Const(0), A),
        ("-", A, Const(0), A),
        ("//", Const(7), Const(2), Const(3)),
        ("-", Const(0), A, Binary("-", Const(0), A)),
        ("//", Const(1), A, Binary("//", Const(1), A)),
        ("//", Const(1), Const(0), Binary("//", Const(1), Const(0))),
    ],
)
def test_what_is_neutral_or_constant_goes(
    symbol: str, left: Formula, right: Formula, result: Formula
) -> None:
    assert binary(symbol, left, right) == result


@pytest.mark.parametrize(
    ("text", "collected"),
    [
        ("a + 4 + a + 4", "a * 2 + 8"),
        ("a + b // 2 + b // 2", "a + b // 2 * 2"),
        ("a + b + (a + b) - c", "a * 2 + b * 2 - c"),
        ("a * 3 - a", "a * 2"),
        ("a - b - a", "0 - b"),
        ("a + b - (a + b)", "0"),
        ("a + 4 - 6", "a - 2"),
        ("a + b // 2 + 4", "a + b // 2 + 4"),
        ("4 + a", "4 + a"),
    ],
)
def test_in_a_sum_what_stands_there_several_times_is_said_once(text: str, collected: str) -> None:
    names = {"a": Sym(24, A), "b": Sym(7, B), "c": Sym(3, C)}
    total = eval(text, {}, names)
    assert str(formula_of(total)) == collected
    assert total == evaluate(parse(collected), VALUES)


@given(st.sampled_from("+-"), formulas, formulas)
def test_a_collected_sum_is_the_sum(symbol: str, left: Formula, right: Formula) -> None:
    try:
        expected = OPERATIONS[symbol](evaluate(left, VALUES), evaluate(right, VALUES))
    except ZeroDivisionError:
        assume(False)
    made = binary(symbol, left, right)
    assert evaluate(made, VALUES) == expected
    assert evaluate(parse(str(made)), VALUES) == expected


def test_a_number_forgets_a_formula_that_no_line_holds() -> None:
    width = Sym(24, A)
    for step in range(20):
        width = width // 2 * 3
        assert len(str(width.formula)) <= 120, step
    assert "a" not in str(width.formula)
    assert evaluate(width.formula, {}) == width


@given(formulas, st.fixed_dictionaries({n: st.integers(-50, 50) for n in "abc"}))
def test_a_printed_formula_means_in_python_what_it_means_here(
    formula: Formula, values: dict[str, int]
) -> None:
    try:
        # the text is Python: its own evaluation is the reference
        expected = eval(str(formula), {}, dict(values))
    except ZeroDivisionError:
        assume(False)
    assert evaluate(formula, values) == expected
    assert evaluate(parse(str(formula)), values) == expected
    assert str(parse(str(formula))) == str(formula)
    assert evaluate(substitute(formula, {}), values) == expected


@given(
    st.sampled_from(sorted(OPERATIONS)),
    st.integers(-40, 40),
    st.integers(-40, 40),
    st.sampled_from(["both", "left", "right"]),
)
def test_sym_counts_as_plain_integers_do_and_remembers_how(
    symbol: str, a: int, b: int, which: str
) -> None:
    assume(symbol != "//" or b != 0)
    left = Sym(a, A) if which != "right" else a
    right = Sym(b, B) if which != "left" else b
    result = OPERATIONS[symbol](left, right)
    assert result == OPERATIONS[symbol](a, b)
    assert isinstance(result, Sym)
    assert evaluate(result.formula, {"a": a, "b": b}) == result


@pytest.mark.parametrize(("a", "b", "differ"), [(3, 4, 1), (3, 3, 0)])
def test_unlike_is_one_where_the_numbers_differ(a: int, b: int, differ: int) -> None:
    found = unlike(Sym(a, A), Sym(b, B))
    assert found == differ
    assert str(found.formula) == "a != b"
    assert evaluate(found.formula, {"a": 5, "b": 5}) == 0
    assert unlike(Sym(a, A), Sym(a, A)).formula == Const(0)


def test_sym_is_an_integer_everywhere_else() -> None:
    width = Sym(64, A)
    assert width == 64
    assert hash(width) == hash(64)
    assert list(range(Sym(3, B))) == [0, 1, 2]
    assert width % 7 == 1
    assert not isinstance(width % 7, Sym)
    assert formula_of(width // 4) == Binary("//", A, Const(4))
    assert formula_of(64) == Const(64)


def test_substitution_simplifies_again() -> None:
    padding = parse("dilation * (kernel // 2)")
    assert variables(padding) == ("dilation", "kernel")
    assert str(substitute(padding, {"kernel": Const(3)})) == "dilation"
    assert substitute(padding, {"kernel": Const(1)}) == Const(0)
    assert evaluate(padding, {"dilation": 4, "kernel": 3}) == 4


def test_an_unbound_variable_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        evaluate(Binary("+", A, Const(1)), {})


@pytest.mark.parametrize("text", ["", "a +", "a / b", "a ** 2", "f(a)", "1.5", "'a'", "-a"])
def test_what_is_no_formula_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not"):
        parse(text)


@pytest.mark.parametrize("values", [VALUES])
def test_variables_are_listed_once_from_left_to_right(values: dict[str, int]) -> None:
    formula = parse("c * (a - c) // b + a")
    assert variables(formula) == ("c", "a", "b")
    assert evaluate(formula, values) == 3 * (24 - 3) // 7 + 24
