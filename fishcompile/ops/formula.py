"""Formula: how a number in a block follows from the block's parameters, as `channels // 4` does.

A formula is what lets equal structures become one class: the numbers of two instances differ,
their formulas do not. Formulas simplify as they are made, print as Python, and parse again.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Mapping

from fishcompile.record import record

MAX_LENGTH = 60  # of what is printed, brackets not counted

_OPERATIONS: dict[str, Callable[[int, int], int]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "//": operator.floordiv,
    "!=": operator.ne,
}
_PRECEDENCE = {"!=": 0, "+": 1, "-": 1, "*": 2, "//": 2}
_AST = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.FloorDiv: "//"}


@record
class Const:
    """A literal integer or flag."""

    value: int

    def __str__(self) -> str:
        return repr(self.value)


@record
class Var:
    """A parameter of the enclosing block."""

    name: str

    def __str__(self) -> str:
        return self.name


@record
class Binary:
    """`left operator right`, for + - * and //; and for !=, which gives 1 or 0."""

    operator: str
    left: Formula
    right: Formula

    def __str__(self) -> str:
        own = _PRECEDENCE[self.operator]
        left, right = str(self.left), str(self.right)
        # Python takes two comparisons in a row for a chain
        if isinstance(self.left, Binary) and _PRECEDENCE[self.left.operator] < max(own, 1):
            left = f"({left})"
        # // and - are not associative, and 3 * (n // 2) is not 3 * n // 2
        if isinstance(self.right, Binary) and _PRECEDENCE[self.right.operator] <= own:
            right = f"({right})"
        return f"{left} {self.operator} {right}"


@record
class Choice:
    """`there` where `when` is positive, else `otherwise`: of the emitted text alone, not parsed."""

    when: Formula
    there: Formula
    otherwise: Formula

    def __str__(self) -> str:
        return f"{self.there} if {positive(self.when)} else {self.otherwise}"


Formula = Const | Var | Binary | Choice


def positive(formula: Formula) -> str:
    """The condition that a number is positive, as a comparison of what it is the difference of."""
    match formula:
        case Binary("!="):
            return str(formula)
        case Binary("+", Binary("!=") as left, right):
            return f"{positive(left)} or {positive(right)}"
        case Binary("-", Const() as left, Var() as right):
            return f"{right} < {left}"
        case Binary("-", left, right):
            return f"{left} > {right}"
        case _:
            return f"{formula} > 0"


def binary(symbol: str, left: Formula, right: Formula) -> Formula:
    """`left symbol right`, folded where both are constant or one is neutral.

    In a sum, what stands there several times is said once: `a + 4 + a + 4` is `a * 2 + 8`.
    """
    match symbol, left, right:
        case _, Const(a), Const(b) if not (symbol == "//" and b == 0):
            return Const(int(_OPERATIONS[symbol](a, b)))
        case "!=", a, b if a == b:
            return Const(0)
        case "*", Const(1), x:
            return x
        case (("*" | "//"), x, Const(1)):
            return x
        case ("*", Const(0), _) | ("*", _, Const(0)):
            return Const(0)
        case "+", Const(0), x:
            return x
        case (("+" | "-"), x, Const(0)):
            return x
        case "+" | "-", _, _:
            return _collected(Binary(symbol, left, right))
        case _:
            return Binary(symbol, left, right)


def _collected(total: Binary) -> Formula:
    """A sum with its equal terms brought together; as it is where no two are equal."""
    terms: dict[Formula, int] = {}
    count = constant = constants = 0
    for factor, term in _terms(total, 1):
        if isinstance(term, Const):
            constant += factor * term.value
            constants += term.value != 0
        else:
            terms[term] = terms.get(term, 0) + factor
            count += 1
    if count == len(terms) and constants < 2:
        return total
    found: Formula = Const(0)
    for term, factor in terms.items():
        part = binary("*", term, Const(abs(factor)))
        found = binary("+" if factor > 0 else "-", found, part) if factor else found
    return binary("+" if constant >= 0 else "-", found, Const(abs(constant)))


def _terms(formula: Formula, factor: int) -> Iterator[tuple[int, Formula]]:
    """The terms of a sum, each with how often it stands there, from left to right."""
    match formula:
        case Binary("+" | "-" as symbol, left, right):
            yield from _terms(left, factor)
            yield from _terms(right, factor if symbol == "+" else -factor)
        case Binary("*", term, Const(times)) if not isinstance(term, Const):
            yield factor * times, term
        case _:
            yield factor, formula


def substitute(formula: Formula, values: Mapping[str, Formula]) -> Formula:
    """The formula with the named variables replaced, and simplified again."""
    match formula:
        case Var(name):
            return values.get(name, formula)
        case Binary(symbol, left, right):
            return binary(symbol, substitute(left, values), substitute(right, values))
        case Choice(when, there, otherwise):
            return Choice(*(substitute(part, values) for part in (when, there, otherwise)))
        case _:
            return formula


def variables(formula: Formula) -> tuple[str, ...]:
    """The parameters that the formula reads, each once, from left to right."""
    match formula:
        case Var(name):
            return (name,)
        case Binary(_, left, right):
            return tuple(dict.fromkeys(variables(left) + variables(right)))
        case Choice(when, there, otherwise):
            read = (name for part in (when, there, otherwise) for name in variables(part))
            return tuple(dict.fromkeys(read))
        case _:
            return ()


class InexactError(ValueError):
    """A division that leaves a remainder, or by zero; the message says which numbers."""

    def __init__(self, message: str, divisor: Formula) -> None:
        super().__init__(message)
        self.divisor = divisor


def evaluate(formula: Formula, values: Mapping[str, int], *, exactly: bool = False) -> int:
    """The number the formula gives, in the arithmetic of `values`: of Syms, a Sym.

    Raises KeyError for an unbound variable and, `exactly`, InexactError for a division that is not.
    """
    match formula:
        case Const(value):
            return value
        case Var(name):
            return values[name]
        case Binary(symbol, left, right):
            a, b = (evaluate(each, values, exactly=exactly) for each in (left, right))
            if exactly and symbol == "//" and (b == 0 or a % b):
                raise InexactError(f"{a} // {b} is not a whole number", right)
            return _OPERATIONS[symbol](a, b)
        case Choice(when, there, otherwise):
            chosen = there if evaluate(when, values) > 0 else otherwise
            return evaluate(chosen, values, exactly=exactly)


def parse(text: str) -> Formula:
    """The formula that prints as `text`. Raises ValueError where it is none."""
    try:
        return _from_ast(ast.parse(text, mode="eval").body)
    except SyntaxError as error:
        raise ValueError(f"not a formula: {text!r}") from error


def _from_ast(node: ast.expr) -> Formula:
    match node:
        case ast.Name(id=name):
            return Var(name)
        case ast.Constant(value=int(value)):
            return Const(value)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value))):
            return Const(-value)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _AST:
            return Binary(_AST[type(op)], _from_ast(left), _from_ast(right))
        case ast.Compare(left=left, ops=[ast.NotEq()], comparators=[right]):
            return Binary("!=", _from_ast(left), _from_ast(right))
        case _:
            raise ValueError(f"not part of a formula: {ast.unparse(node)!r}")


def _is_short(formula: Formula) -> bool:
    """Whether a formula fits a line of an emitted file, behind the name of what it is for."""
    todo, length = [formula], 0
    while todo and length <= MAX_LENGTH:
        match todo.pop():
            case Binary(_, left, right):
                todo += (left, right)
                length += 3
            case leaf:
                length += len(str(leaf))
    return length <= MAX_LENGTH or not isinstance(formula, Binary)


class Sym(int):
    """An integer that remembers the formula it came from, while a block is being expanded.

    Arithmetic with + - * // gives a Sym; comparison and everything else see the plain number.
    """

    formula: Formula

    def __new__(cls, value: int, formula: Formula) -> Sym:
        """A number with its formula, or with itself where that would be too long to read."""
        self = super().__new__(cls, value)
        self.formula = formula if _is_short(formula) else Const(int(value))
        return self

    def __add__(self, other: int) -> Sym:
        return _combine("+", self, other)

    def __radd__(self, other: int) -> Sym:
        return _combine("+", other, self)

    def __sub__(self, other: int) -> Sym:
        return _combine("-", self, other)

    def __rsub__(self, other: int) -> Sym:
        return _combine("-", other, self)

    def __mul__(self, other: int) -> Sym:
        return _combine("*", self, other)

    def __rmul__(self, other: int) -> Sym:
        return _combine("*", other, self)

    def __floordiv__(self, other: int) -> Sym:
        return _combine("//", self, other)

    def __rfloordiv__(self, other: int) -> Sym:
        return _combine("//", other, self)


def formula_of(value: int) -> Formula:
    """The formula a number carries, or the number itself as a constant."""
    return value.formula if isinstance(value, Sym) else Const(value)


def unlike(left: int, right: int) -> Sym:
    """1 where the numbers differ, else 0."""
    return _combine("!=", left, right)


def _combine(symbol: str, left: int, right: int) -> Sym:
    value = int(_OPERATIONS[symbol](int(left), int(right)))
    return Sym(value, binary(symbol, formula_of(left), formula_of(right)))
