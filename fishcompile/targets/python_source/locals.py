"""Locals: a width that a constructor needs several times is worked out once, under a name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from fishcompile.ops.formula import Binary, Const, Formula, Var
from fishcompile.targets.python_source.forms import (
    Bindings,
    Item,
    OpItem,
    calls_in,
    with_params,
)

# what a window, a switch or a count needs stands where it is read
_NOT_WIDTHS = {"kernel", "kernel_size", "stride", "padding", "dilation", "groups", "bias", "k"}


def with_locals(
    items: Sequence[Item], parameters: Collection[str]
) -> tuple[dict[str, Formula], tuple[Item, ...]]:
    """The formulas to work out first, by name, and the items that read those names.

    The names are none of the constructor's parameters.
    """
    found: dict[str, Formula] = {}
    while (formula := _repeated(items)) is not None:
        name = _name(formula)
        if name in found or name in parameters:
            break
        found = {name: formula, **{n: _replaced(f, formula, name) for n, f in found.items()}}
        items = tuple(_rewritten(item, formula, name) for item in items)
    return found, tuple(items)


def _repeated(items: Sequence[Item]) -> Formula | None:
    """The longest width that stands there more than once."""
    widths = {f for item in items for name, f in _given(item) if name not in _NOT_WIDTHS}
    times = Counter(part for item in items for _, f in _given(item) for part in _parts(f))
    often = [formula for formula in times if times[formula] > 1 and formula in widths]
    return max(often, key=lambda formula: len(str(formula)), default=None)


def _given(item: Item) -> Bindings:
    calls = calls_in(item)
    if isinstance(item, OpItem):
        return item.params
    return tuple(pair for call in calls for pair in call.params)


def _parts(formula: Formula) -> Iterator[Formula]:
    """What a formula is made of, itself included, but for names and numbers."""
    if isinstance(formula, Binary):
        yield formula
        yield from _parts(formula.left)
        yield from _parts(formula.right)


def _name(formula: Formula) -> str:
    match formula:
        case Binary("//", _, Const(2)):
            return "half"
        case Binary("//"):
            return "mid"
        case Binary("*"):
            return "wide"
        case Binary("+"):
            return "total"
        case _:
            return "rest"


def _rewritten(item: Item, formula: Formula, name: str) -> Item:
    def bound(params: Bindings) -> Bindings:
        return tuple((key, _replaced(value, formula, name)) for key, value in params)

    return with_params(item, bound)


def _replaced(formula: Formula, part: Formula, name: str) -> Formula:
    match formula:
        case _ if formula == part:
            return Var(name)
        case Binary(symbol, left, right):
            return Binary(symbol, _replaced(left, part, name), _replaced(right, part, name))
        case _:
            return formula
