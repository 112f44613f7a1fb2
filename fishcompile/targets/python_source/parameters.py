"""Parameters of the emitted constructors: those that something reads, and the defaults they need.

A parameter that nothing in the class reads is left out; one that has a default and is the same in
every instance is folded into the text, as is one that follows from the others in every instance.
A default stays where a call relies on it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from fishcompile.blocks import registry
from fishcompile.ir.graph import Kind, Parameter
from fishcompile.ops.formula import Const, Formula, evaluate, parse, substitute, variables
from fishcompile.targets.python_source.forms import (
    Bindings,
    CallItem,
    Form,
    Item,
    OpItem,
    SeqItem,
    calls_in,
    with_params,
)

Wanted = Mapping[int, set[str]]


def folded(kind: Kind, instances: Collection[Mapping[str, int]]) -> dict[str, Formula]:
    """What stands for the parameters that need not be given, whose instances have these numbers."""
    values: dict[str, Formula] = {}
    for parameter in kind.parameters:
        found = {numbers[parameter.name] for numbers in instances}
        if parameter.default is not None and len(found) == 1:
            values[parameter.name] = Const(found.pop())
    block = registry().get(kind.name)
    for name, text in block.derived.items() if block else ():
        formula = parse(text)
        follows = all(evaluate(formula, numbers) == numbers[name] for numbers in instances)
        if follows and name not in values:
            values[name] = substitute(formula, values)
    return values


def bind_item(item: Item, values: Mapping[str, Formula]) -> Item:
    """The item with parameters replaced."""

    def bound(params: Bindings) -> Bindings:
        return tuple((name, substitute(formula, values)) for name, formula in params)

    item = with_params(item, bound)
    if item.when is not None:
        item = replace(item, when=substitute(item.when, values))
    if isinstance(item, SeqItem):
        item = replace(item, count=substitute(item.count, values))
    return item


def in_use(forms: Mapping[int, Form]) -> dict[int, set[str]]:
    """The parameters that each class reads, or hands on to one that does; it may be itself."""
    wanted: dict[int, set[str]] = {index: set() for index in forms}
    grown = True
    while grown:
        grown = False
        for index, form in forms.items():
            names = {name for item in form.items for name in _reads(item, wanted)}
            grown = grown or names != wanted[index]
            wanted[index] = names
    return wanted


def trimmed(item: Item, wanted: Wanted) -> Item:
    """The item with its calls reduced to what their classes take."""
    match item:
        case CallItem():
            return _trim(item, wanted)
        case SeqItem(first=first, rest=rest):
            later = rest and _trim(rest, wanted)
            return replace(item, first=_trim(first, wanted), rest=later)
        case _:
            return item


def _trim(call: CallItem, wanted: Wanted) -> CallItem:
    names = wanted[call.class_]
    return replace(call, params=tuple(pair for pair in call.params if pair[0] in names))


def _reads(item: Item, wanted: Wanted) -> Iterable[str]:
    """The parameters that an item's text will mention."""
    formulas: list[Formula] = [item.when] if item.when else []
    match trimmed(item, wanted):
        case OpItem(params=params) | CallItem(params=params):
            formulas += (formula for _, formula in params)
        case SeqItem(rest=rest, may_be_one=may_be_one, count=count) as row:
            formulas += (formula for call in calls_in(row) for _, formula in call.params)
            formulas += [count] if rest or may_be_one else []
    return (name for formula in formulas for name in variables(formula))


def given_to(items: Iterable[Item]) -> Mapping[int, Mapping[str, set[Formula]]]:
    """What the calls of each class give for each parameter."""
    given: dict[int, dict[str, set[Formula]]] = defaultdict(lambda: defaultdict(set))
    for item in items:
        for call in calls_in(item):
            for name, formula in call.params:
                given[call.class_][name].add(formula)
    return given


def kept(
    kind: Kind, wanted: Collection[str], given: Mapping[str, Collection[Formula]]
) -> tuple[Parameter, ...]:
    """The parameters of a class, those without a default first.

    Only what some call leaves to it has a default.
    """
    parameters = [
        p if p.default is None or Const(p.default) in given[p.name] else p._replace(default=None)
        for p in kind.parameters
        if p.name in wanted
    ]
    return tuple(sorted(parameters, key=lambda parameter: parameter.default is not None))
