"""Conditions over figures: `parameters < 20M and sizes`, read by Python's own grammar.

Of that, comparisons, `and`, `or`, `not`, the four operations, numbers and the names of figures are
taken, and nothing is run. A number may end in k, M, G or T, for thousands and so on.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Collection, Iterator
from typing import Any

from fishcompile.diagnostics.errors import UsageError
from fishcompile.diagnostics.names import shown
from fishcompile.diagnostics.nearest import nearest

Lookup = Callable[[str], float]

_MOST = 300  # characters
_UNITS = {"k": "e3", "K": "e3", "M": "e6", "G": "e9", "T": "e12"}
_WITH_UNIT = re.compile(r"\b([0-9]+(?:\.[0-9]+)?)([kKMGT])\b", re.ASCII)
_COMPARED: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_COMBINED: dict[type[ast.operator], Callable[[Any, Any], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


class Condition:
    """A condition, and the names that it reads. Raises UsageError for a text that is none."""

    def __init__(self, text: str, known: Collection[str]) -> None:
        way_out = "write it as 'parameters < 20M and sizes'"
        if len(text) > _MOST:
            raise UsageError("the condition is too long", way_out)
        try:
            self._root = ast.parse(_WITH_UNIT.sub(_plain, text.strip()), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise UsageError(f"{shown(text)} is no condition", way_out) from None
        self.names = tuple(dict.fromkeys(_names(self._root, text, known)))

    def holds(self, lookup: Lookup) -> bool:
        """Whether it holds of the figures that `lookup` gives by their names."""
        try:
            return bool(_value(self._root, lookup))
        except (ZeroDivisionError, OverflowError):
            return False


def _plain(match: re.Match[str]) -> str:
    return match[1] + _UNITS[match[2]]


def _names(root: ast.expr, text: str, known: Collection[str]) -> Iterator[str]:
    """The names in a condition. Raises UsageError for what has no place in one."""
    for node in ast.walk(root):
        if isinstance(node, ast.Name):
            if node.id not in known:
                near = nearest(node.id, known)
                way_out = f"did you mean {near}?" if near else f"there are {', '.join(known)}"
                raise UsageError(f"there is no figure {shown(node.id)}", way_out)
            yield node.id
        elif not _has_a_place(node):
            way_out = "compare figures with numbers, and join by and, or, not"
            raise UsageError(f"{shown(text)} is no condition", way_out)


_PARTS = (ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.BinOp, ast.Compare)


def _has_a_place(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        return type(node.value) in (int, float)
    return isinstance(node, (*_PARTS, ast.Load)) or type(node) in {*_COMPARED, *_COMBINED}


def _value(node: ast.expr, lookup: Lookup) -> Any:
    match node:
        case ast.Name(id=name):
            return lookup(name)
        case ast.Constant(value=value):
            return value
        case ast.BoolOp(op=ast.And(), values=parts):
            return all(_value(part, lookup) for part in parts)
        case ast.BoolOp(values=parts):
            return any(_value(part, lookup) for part in parts)
        case ast.UnaryOp(op=ast.Not(), operand=part):
            return not _value(part, lookup)
        case ast.UnaryOp(operand=part):
            return -_value(part, lookup)
        case ast.BinOp(op=op, left=left, right=right):
            return _COMBINED[type(op)](_value(left, lookup), _value(right, lookup))
        case ast.Compare(left=left, ops=ops, comparators=others):
            values = [_value(part, lookup) for part in (left, *others)]
            pairs = zip(ops, values, values[1:], strict=False)
            return all(_COMPARED[type(op)](a, b) for op, a, b in pairs)
        case _:
            raise AssertionError("not let in")
