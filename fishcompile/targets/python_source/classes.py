"""Classes: block instances grouped by form, and the constructor parameters that each group needs.

`parameters.py` says which those are; `class_names.py` what the classes are called.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from fishcompile.blocks import registry
from fishcompile.ir.graph import SEQUENTIAL, Graph, Node, Parameter, Scope, Skipped
from fishcompile.ops.formula import Const
from fishcompile.record import record
from fishcompile.targets.python_source.class_names import block_classes
from fishcompile.targets.python_source.forms import (
    Form,
    Item,
    SeqItem,
    SkipItem,
    call_item,
    calls_in,
    op_item,
)
from fishcompile.targets.python_source.parameters import (
    bind_item,
    folded,
    given_to,
    in_use,
    kept,
    trimmed,
)
from fishcompile.targets.python_source.unify import unify


@record
class Class:
    """One emitted class."""

    name: str
    doc: str
    parameters: tuple[Parameter, ...]
    arguments: tuple[str, ...]
    form: Form


@dataclass
class _Group:
    """Instances of one form; `numbers` are those that they have for their parameters."""

    form: Form
    instances: list[Scope] = field(default_factory=list)
    numbers: dict[tuple[tuple[str, int], ...], dict[str, int]] = field(default_factory=dict)

    def add(self, scope: Scope) -> None:
        """Takes in an instance."""
        self.instances.append(scope)
        self.numbers.setdefault(scope.params, dict(scope.params))


def group_classes(graph: Graph) -> tuple[dict[int, Class], tuple[Item, ...]]:
    """The classes by index, each after what it uses, and the items at the top."""
    groups: list[_Group] = []
    top = _items(graph, "", {value.name: value.name for value in graph.inputs}, groups)
    forms: dict[int, Form] = {}
    for index in _dependency_order(groups, top):
        form = _without_skips(groups[index].form)
        values = folded(graph.kind[form.kind], groups[index].numbers.values())
        forms[index] = replace(form, items=tuple(bind_item(item, values) for item in form.items))
    wanted = in_use(forms)
    forms = {
        index: replace(form, items=tuple(trimmed(item, wanted) for item in form.items))
        for index, form in forms.items()
    }
    top = tuple(trimmed(item, wanted) for item in top)
    names = block_classes(graph, {index: groups[index].instances[0] for index in forms})
    given = given_to([*top, *(item for form in forms.values() for item in form.items)])
    classes: dict[int, Class] = {}
    for index, form in forms.items():
        kind = graph.kind[form.kind]
        fullest = max((graph.children[s.name] for s in groups[index].instances), key=len)
        block = registry().get(kind.name)
        doc = block.about(fullest) if block else kind.doc
        parameters = kept(kind, wanted[index], given[index])
        arguments = kind.arguments[: form.arity]
        classes[index] = Class(names[index], doc, parameters, arguments, form)
    return classes, top


def _group(graph: Graph, scope: Scope, groups: list[_Group]) -> int:
    """The index of the class that an instance belongs to, made if it is the first of its form."""
    operands = {name: f"#{index}" for index, name in enumerate(scope.inputs)}
    items = _items(graph, scope.name, operands, groups)
    form = Form(scope.kind, len(scope.inputs), items, operands[scope.output])
    for index, group in enumerate(groups):
        if group.form.kind != form.kind:
            continue
        common = unify(group.form, form, group.numbers.values(), dict(scope.params))
        if common is not None:
            group.form = common
            group.add(scope)
            return index
    groups.append(_Group(form))
    groups[-1].add(scope)
    return len(groups) - 1


def _items(
    graph: Graph, path: str, names: dict[str, str], groups: list[_Group]
) -> tuple[Item, ...]:
    """The items inside a scope; `names` maps values to local names and is filled as they come."""
    items: list[Item] = []
    for child in graph.laid_out[path]:
        if isinstance(child, Skipped):
            items.append(SkipItem(child.local, (names[child.source],), child.when))
            continue
        operands = tuple(names[name] for name in child.inputs)
        if isinstance(child, Node):
            items.append(op_item(child, operands))
            names[child.name] = child.local
            continue
        names[child.output] = child.local
        if child.kind == SEQUENTIAL:
            items.append(_sequence(graph, child, operands, groups))
        else:
            items.append(call_item(child, _group(graph, child, groups), operands))
    return tuple(items)


def _sequence(
    graph: Graph, scope: Scope, operands: tuple[str, ...], groups: list[_Group]
) -> SeqItem:
    blocks = [child for child in graph.children[scope.name] if isinstance(child, Scope)]
    calls = [
        replace(call_item(block, _group(graph, block, groups), ()), local="") for block in blocks
    ]
    rest = calls[1] if len(calls) > 1 else None
    assert all(call == rest for call in calls[1:]), f"the blocks of {scope.name} differ"
    count = dict(scope.formulas).get("count", Const(len(calls)))
    return SeqItem(scope.local, calls[0], rest, count, operands)


def _without_skips(form: Form) -> Form:
    """The form without what no instance has."""
    means: dict[str, str] = {}
    items: list[Item] = []
    for item in form.items:
        operands = tuple(means.get(name, name) for name in item.operands)
        if isinstance(item, SkipItem):
            means[item.local] = operands[0]
        else:
            items.append(_plainest(replace(item, operands=operands)))
    return replace(form, items=tuple(items), output=means.get(form.output, form.output))


def _plainest(item: Item) -> Item:
    """The item; a row of equal blocks needs no condition, for an empty one gives what it gets."""
    if not isinstance(item, SeqItem) or item.when != item.count or item.may_be_one:
        return item
    return replace(item, rest=item.first, when=None) if item.rest in (None, item.first) else item


def _dependency_order(groups: list[_Group], top: tuple[Item, ...]) -> list[int]:
    """The classes in use, each after those that it uses; one that uses itself is no exception."""
    order: dict[int, None] = {}
    begun: set[int] = set()

    def visit(items: tuple[Item, ...]) -> None:
        for item in items:
            for call in calls_in(item):
                if call.class_ not in begun:
                    begun.add(call.class_)
                    visit(groups[call.class_].form.items)
                    order.setdefault(call.class_)

    visit(top)
    return list(order)
