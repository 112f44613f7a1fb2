"""Symbols: the numbers of ops and blocks, plain or with the formulas that they came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from fishcompile.ir.graph import SEQUENTIAL, Scope
from fishcompile.ops.base import Op
from fishcompile.ops.formula import Const, Formula, Sym, formula_of, substitute, variables
from fishcompile.ops.tensor import TensorType

if TYPE_CHECKING:
    from fishcompile.ir.block import Block


def without_formulas(type_: TensorType) -> TensorType:
    """The type with plain numbers."""
    if all(type(side) is int for side in type_.shape):
        return type_
    return TensorType(tuple(int(side) for side in type_.shape))


def with_formula(type_: TensorType) -> TensorType:
    """The type with the formula of its channels alone: sides follow from the input's."""
    channels, *sides = type_.shape
    if all(type(side) is int for side in sides):
        return type_
    return TensorType((channels, *map(int, sides)))


def widened(type_: TensorType, channels: int) -> TensorType:
    """The type of what enters a block, in the terms of the block's own parameter for its width."""
    return TensorType((channels, *type_.shape[1:]))


def same(one: TensorType, other: TensorType) -> bool:
    """Whether two types are equal, with the formulas of their channels."""
    formulas = formula_of(one.shape[0]), formula_of(other.shape[0])
    return one == other and formulas[0] == formulas[1]


def seen_from_outside(type_: TensorType, block: Block) -> TensorType:
    """A block's output with its channels in the terms of the block around it."""
    channels, *sides = type_.shape
    if not isinstance(channels, Sym):
        return type_
    outer = {
        name: formula_of(value) for name, value in vars(block).items() if isinstance(value, int)
    }
    return TensorType((Sym(int(channels), substitute(channels.formula, outer)), *sides))


def leads(
    field: str | None, formulas: tuple[tuple[str, Formula], ...], around: Sequence[Scope]
) -> tuple[tuple[str, ...], ...]:
    """An op's field with its formulas, and the parameters of each block that it leads back to.

    `around` are the scopes around the op, the outermost first, and the levels go outwards.
    """
    levels: list[tuple[str, ...]] = [(field,) if field else ()]
    blocks = [scope for scope in around if scope.kind != SEQUENTIAL]
    for known in (formulas, *(scope.formulas for scope in reversed(blocks[1:]))):
        if len(levels) <= len(blocks):
            levels.append(_reads(levels[-1], known))
    return tuple(levels)


def _reads(names: tuple[str, ...], formulas: tuple[tuple[str, Formula], ...]) -> tuple[str, ...]:
    """The variables of the named formulas, each once."""
    known = dict(formulas)
    read = (variables(known[name]) for name in names if name in known)
    return tuple(dict.fromkeys(variable for group in read for variable in group))


@cache
def _fields(holder: type[Op | Block]) -> tuple[tuple[str, bool], ...]:
    return tuple((f.name, f.type in ("bool", bool)) for f in fields(holder))


def numbers_of(holder: Op | Block) -> tuple[tuple[str, int], ...]:
    """The fields that are numbers, by name, without their formulas."""
    kind: Any = type(holder)
    pairs = ((name, flag, getattr(holder, name)) for name, flag in _fields(kind))
    return tuple(
        (name, bool(value) if flag else int(value))
        for name, flag, value in pairs
        if isinstance(value, int)
    )


def formulas_of(holder: Op | Block) -> tuple[tuple[str, Formula], ...]:
    """The formulas of the fields that have one which is more than a constant."""
    return tuple(
        (name, value.formula)
        for name, value in vars(holder).items()
        if isinstance(value, Sym) and not isinstance(value.formula, Const)
    )


def plain(op: Op) -> Op:
    """The op without formulas; those in a tuple of numbers are lost."""
    if not any(isinstance(value, Sym | tuple) for value in vars(op).values()):
        return op
    numbers: dict[str, Any] = dict(numbers_of(op))
    tuples = ((name, value) for name, value in vars(op).items() if isinstance(value, tuple))
    return replace(op, **numbers, **{name: tuple(map(int, value)) for name, value in tuples})
