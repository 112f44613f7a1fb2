"""Unification: the form that two instances of a block share, if one class can be both.

Forms are the same where every item is. The freedom is what a spec has words for: an item that
one of them leaves out becomes conditional, a row of one block unifies with longer rows, and a
width that reads differently past what is left out is the formula that holds in every instance.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from fishcompile.ops.formula import Choice, Formula, evaluate
from fishcompile.targets.python_source.forms import (
    Bindings,
    CallItem,
    Form,
    Item,
    SeqItem,
    SkipItem,
)

Numbers = Mapping[str, int]


def unify(a: Form, b: Form, of_a: Collection[Numbers], of_b: Numbers) -> Form | None:
    """The form that `b`, whose instance has the numbers `of_b`, shares with `a`, or None.

    `a` is that of a class so far, whose instances have the numbers `of_a`.
    """
    if (a.kind, a.arity, len(a.items)) != (b.kind, b.arity, len(b.items)):
        return None
    if a == b:
        return a
    if any(x.local != y.local for x, y in zip(a.items, b.items, strict=True)):
        return None
    pair = _Pair(a, b, of_a, of_b)
    items = tuple(pair.item(x, y) for x, y in zip(a.items, b.items, strict=True))
    found = tuple(item for item in items if item is not None)
    output = pair.value(a.output, b.output)
    if output is None or len(found) < len(items):
        return None
    return replace(a, items=found, output=output)


class _Pair:
    """Two forms, what each leaves out, and the numbers of their instances."""

    def __init__(self, a: Form, b: Form, of_a: Collection[Numbers], of_b: Numbers) -> None:
        self._without = [
            {item.local: item.operands[0] for item in form.items if isinstance(item, SkipItem)}
            for form in (a, b)
        ]
        self._lenient = any(isinstance(i, SkipItem) or i.when for i in (*a.items, *b.items))
        self._lenient |= any(map(_begin_otherwise, a.items, b.items))
        self._of_a, self._of_b = of_a, of_b
        whens = (item.when for form in (a, b) for item in form.items)
        self._whens = dict.fromkeys(when for when in whens if when is not None)

    def value(self, x: str, y: str) -> str | None:
        """The local name that both operands mean, where one form lacks what the other reads."""
        without_a, without_b = self._without
        if x == y or y in _followed(x, without_b):
            return x
        return y if x in _followed(y, without_a) else None

    def item(self, x: Item, y: Item) -> Item | None:
        """The item that both are, or None."""
        operands = self._operands(x, y)
        if operands is None:
            return None
        match x, y:
            case SkipItem(), SkipItem():
                return replace(x, operands=operands[:1]) if x.when == y.when else None
            case SkipItem(when=when), _:
                return _conditional(replace(y, operands=operands), when)
            case _, SkipItem(when=when):
                return _conditional(replace(x, operands=operands), when)
            case CallItem(), CallItem() if x.class_ == y.class_:
                params = self._params(x.params, y.params)
                return None if params is None else replace(x, params=params, operands=operands)
            case SeqItem(), SeqItem():
                return self._rows(x, y, operands)
            case SeqItem(), CallItem():
                return _row_of_one(x, y, operands)
            case CallItem(), SeqItem():
                return _row_of_one(y, x, operands)
            case _:
                return self._same(x, y, operands)

    def _same(self, x: Item, y: Item, operands: tuple[str, ...]) -> Item | None:
        if isinstance(x, CallItem | SeqItem | SkipItem) or type(x) is not type(y):
            return None
        assert not isinstance(y, CallItem | SeqItem | SkipItem)
        params = self._params(x.params, y.params)
        if params is None or (x.op, x.words) != (y.op, y.words):
            return None
        return replace(x, params=params, operands=operands)

    def _rows(self, x: SeqItem, y: SeqItem, operands: tuple[str, ...]) -> Item | None:
        first, rest = self._call(x.first, y.first), self._call(x.rest, y.rest)
        if first is None or x.count != y.count or (rest is None and (x.rest or y.rest)):
            return None
        return replace(x, first=first, rest=rest, operands=operands)

    def _call(self, x: CallItem | None, y: CallItem | None) -> CallItem | None:
        """The call that both are; the one that there is, where the other is not known."""
        if x is None or y is None:
            return x or y
        params = self._params(x.params, y.params) if x.class_ == y.class_ else None
        return None if params is None else replace(x, params=params)

    def _operands(self, x: Item, y: Item) -> tuple[str, ...] | None:
        """The operands of both; of what one form leaves out the first alone is known."""
        skips = isinstance(x, SkipItem) or isinstance(y, SkipItem)
        if not skips and len(x.operands) != len(y.operands):
            return None
        found = [self.value(one, two) for one, two in zip(x.operands, y.operands, strict=False)]
        longer = max(x.operands, y.operands, key=len)
        known = [name for name in found if name is not None]
        return (*known, *longer[len(known) :]) if len(known) == len(found) else None

    def _params(self, x: Bindings, y: Bindings) -> Bindings | None:
        if x == y:
            return x
        if not self._lenient or len(x) != len(y):
            return None
        pairs = [(n, self._formula(f, g)) for (n, f), (_, g) in zip(x, y, strict=True)]
        known = tuple((name, formula) for name, formula in pairs if formula is not None)
        return known if len(known) == len(pairs) else None

    def _formula(self, x: Formula, y: Formula) -> Formula | None:
        """The formula that gives the numbers of both: one of them, or a choice between the two."""
        if x == y or _agree(x, y, self._of_b):
            return x
        if all(_agree(x, y, numbers) for numbers in self._of_a):
            return y
        if isinstance(x, Choice) or isinstance(y, Choice):
            return None
        choices = (Choice(when, *way) for when in self._whens for way in ((x, y), (y, x)))
        return next((choice for choice in choices if self._is_both(choice, x, y)), None)

    def _is_both(self, choice: Formula, x: Formula, y: Formula) -> bool:
        of_a = all(_agree(choice, x, numbers) for numbers in self._of_a)
        return of_a and _agree(choice, y, self._of_b)


def _agree(x: Formula, y: Formula, numbers: Numbers) -> bool:
    try:
        return evaluate(x, numbers) == evaluate(y, numbers)
    except ZeroDivisionError:
        return False


def _followed(name: str, without: Mapping[str, str]) -> Iterator[str]:
    """What a name stands for in a form that leaves it out, and perhaps what stands for that."""
    while name in without:
        name = without[name]
        yield name


def _begin_otherwise(x: Item, y: Item) -> bool:
    """Whether both are rows, of which one may keep the width that the other changes."""
    if not isinstance(x, SeqItem) or not isinstance(y, SeqItem):
        return False
    return x.first.params != y.first.params


def _row_of_one(row: SeqItem, call: CallItem, operands: tuple[str, ...]) -> Item | None:
    if (row.first.class_, row.first.params) != (call.class_, call.params):
        return None
    return replace(row, operands=operands, may_be_one=True, when=row.when or call.when)


def _conditional(item: Item, when: Formula) -> Item | None:
    """The item where `when` is positive, which is none where it is there for another reason."""
    assert not isinstance(item, SkipItem)
    return replace(item, when=when) if item.when in (None, when) else None
