"""Form: what a block instance looks like with its numbers replaced by formulas.

Two instances with the same form are two calls of one class. `unify.py` says which forms are the
same, although one of them leaves something out or has a block where the other has a row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from functools import cache
from typing import Any

from fishcompile.ir.graph import Node, Scope
from fishcompile.ops.base import Op
from fishcompile.ops.formula import Const, Formula
from fishcompile.record import record

Bindings = tuple[tuple[str, Formula], ...]


@record
class OpItem:
    """A primitive op; `params` give every field, `words` those that are no whole numbers.

    Of any item, `when` is the formula that is positive where the item is there; None: always.
    """

    local: str
    op: type[Op]
    words: tuple[tuple[str, str], ...]
    params: Bindings
    operands: tuple[str, ...]
    when: Formula | None = None


@record
class CallItem:
    """A block: the index of its class, and every parameter of its instance."""

    local: str
    class_: int
    params: Bindings
    operands: tuple[str, ...]
    when: Formula | None = None


@record
class SeqItem:
    """A Sequential: its first block, `count - 1` times the rest, None where there is no second.

    Where it `may_be_one`, a count of 1 means the first block itself.
    """

    local: str
    first: CallItem
    rest: CallItem | None
    count: Formula
    operands: tuple[str, ...]
    may_be_one: bool = False
    when: Formula | None = None


@record
class SkipItem:
    """What no instance has that was met so far; what reads it reads its operand."""

    local: str
    operands: tuple[str, ...]
    when: Formula


@record
class RecomputedItem:
    """What a forward calls in the place of one or several items, to compute it again in training.

    `text` has the operands as {0}, {1}.
    """

    local: str
    text: str
    operands: tuple[str, ...]
    when: Formula | None = None


Item = OpItem | CallItem | SeqItem | SkipItem
Called = Item | RecomputedItem


@record
class Form:
    """The items of a block in order; operands and output are local names, inputs are #0, #1."""

    kind: str
    arity: int
    items: tuple[Item, ...]
    output: str


def op_item(node: Node, operands: tuple[str, ...]) -> OpItem:
    """The item of a node."""
    known = dict(node.formulas)
    params: list[tuple[str, Formula]] = []
    words: list[tuple[str, str]] = []
    made: Any = type(node.op)
    for name in _fields(made):
        value = getattr(node.op, name)
        if isinstance(value, int):
            params.append((name, known.get(name) or Const(value)))
        else:
            words.append((name, str(value)))
    return OpItem(node.local, type(node.op), tuple(words), tuple(params), operands)


@cache
def _fields(op: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(op))


def call_item(scope: Scope, class_: int, operands: tuple[str, ...]) -> CallItem:
    """The item of a block instance."""
    known = dict(scope.formulas)
    params = tuple((name, known.get(name, Const(value))) for name, value in scope.params)
    return CallItem(scope.local, class_, params, operands)


def calls_in(item: Item) -> tuple[CallItem, ...]:
    """The blocks that an item makes."""
    match item:
        case CallItem():
            return (item,)
        case SeqItem(first=first, rest=rest):
            return (first, rest) if rest else (first,)
        case _:
            return ()


def with_params(item: Item, change: Callable[[Bindings], Bindings]) -> Item:
    """The item with what its calls give, or its op has, changed."""

    def changed(call: CallItem | None) -> CallItem | None:
        return call and replace(call, params=change(call.params))

    match item:
        case OpItem() | CallItem():
            return replace(item, params=change(item.params))
        case SeqItem(first=first, rest=rest):
            one = replace(first, params=change(first.params))
            return replace(item, first=one, rest=changed(rest))
        case _:
            return item


def is_function(item: Called) -> bool:
    """Whether an item is a plain function in `forward`, without a module of its own."""
    return isinstance(item, OpItem) and item.op.module() is None


def may_be_none(item: Item) -> bool:
    """Whether an item is a module that joins several maps and may be left out.

    One of a single map is an `nn.Identity()` then.
    """
    return may_choose(item) and not is_function(item)


def may_choose(item: Called) -> bool:
    """Whether `forward` chooses between what an item gives and its first operand."""
    return item.when is not None and (is_function(item) or len(item.operands) > 1)


def attributes(item: OpItem, items: Sequence[Called]) -> dict[str, str]:
    """The fields of a function that its forward reads from the module, with the attributes' names.

    They are those not constant. An attribute is called as its field, but where another item of the
    class, all of which are `items`, would be called the same.
    """
    own = _varying(item)
    if not own:
        return {}
    everyone = [(other.local, field) for other in items for field in _varying(other)]
    count = Counter(field for _, field in everyone)
    count.update(other.local for other in items)
    taken = {other.local for other in items}
    names: dict[tuple[str, str], str] = {}
    for local, field in everyone:
        name = field if count[field] == 1 else f"{local}_{field}"
        while name in taken:  # a spec may call an item so
            name += "_"
        taken.add(name)
        names[local, field] = name
    return {field: names[item.local, field] for field in own}


def _varying(item: Called) -> list[str]:
    if not isinstance(item, OpItem) or item.op.module() is not None:
        return []
    return [name for name, formula in item.params if not isinstance(formula, Const)]
