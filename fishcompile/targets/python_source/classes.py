"""Classes: block instances grouped by form, and the constructor parameters that each group needs.

A parameter that nothing in the class reads is left out; one that has a default and is the same
in every instance is folded into the text.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from fishcompile.blocks import registry
from fishcompile.ir.graph import SEQUENTIAL, Graph, Node, Parameter, Scope
from fishcompile.ops.formula import Const, Formula, substitute, variables
from fishcompile.targets.python_source.class_names import block_class, class_name
from fishcompile.targets.python_source.forms import (
    Bindings,
    CallItem,
    Form,
    Item,
    OpItem,
    SeqItem,
    call_item,
    op_item,
    unify,
)


@dataclass(frozen=True)
class Class:
    """One emitted class."""

    name: str
    doc: str
    parameters: tuple[Parameter, ...]
    arguments: tuple[str, ...]
    form: Form


@dataclass
class _Group:
    form: Form
    instances: list[Scope]


def group_classes(graph: Graph) -> tuple[dict[int, Class], tuple[Item, ...]]:
    """The classes by index, each after what it uses, and the items at the top."""
    groups: list[_Group] = []
    top = _items(graph, "", {value.name: value.name for value in graph.inputs}, groups)
    classes: dict[int, Class] = {}
    for index in _dependency_order(groups, top):
        classes[index] = _finish(graph, groups[index], classes)
    return classes, tuple(bind_item(item, {}, classes) for item in top)


def _group(graph: Graph, scope: Scope, groups: list[_Group]) -> int:
    """The index of the class that an instance belongs to, made if it is the first of its form."""
    operands = {name: f"#{index}" for index, name in enumerate(scope.inputs)}
    items = _items(graph, scope.name, operands, groups)
    form = Form(scope.kind, len(scope.inputs), items, operands[scope.output])
    for index, group in enumerate(groups):
        common = unify(group.form, form)
        if common is not None:
            group.form = common
            group.instances.append(scope)
            return index
    groups.append(_Group(form, [scope]))
    return len(groups) - 1


def _items(
    graph: Graph, path: str, names: dict[str, str], groups: list[_Group]
) -> tuple[Item, ...]:
    """The items inside a scope; `names` maps values to local names and is filled as they come."""
    items: list[Item] = []
    for child in graph.children[path]:
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


def _dependency_order(groups: list[_Group], top: tuple[Item, ...]) -> list[int]:
    order: dict[int, None] = {}

    def visit(items: tuple[Item, ...]) -> None:
        for item in items:
            for call in _calls(item):
                if call.class_ not in order:
                    visit(groups[call.class_].form.items)
                    order.setdefault(call.class_)

    visit(top)
    return list(order)


def _calls(item: Item) -> tuple[CallItem, ...]:
    match item:
        case CallItem():
            return (item,)
        case SeqItem(first=first, rest=rest):
            return (first, rest) if rest else (first,)
        case _:
            return ()


def _finish(graph: Graph, group: _Group, classes: dict[int, Class]) -> Class:
    kind = graph.kind[group.form.kind]
    has_default = {p.name for p in kind.parameters if p.default is not None}
    instances = [dict(scope.params) for scope in group.instances]
    folded: dict[str, Formula] = {}
    for name, values in ((n, {i[n] for i in instances}) for n in instances[0]):
        if name in has_default and len(values) == 1:
            folded[name] = Const(values.pop())
    form = replace(
        group.form, items=tuple(bind_item(item, folded, classes) for item in group.form.items)
    )
    used = {name for item in form.items for name in _reads(item)}
    parameters = tuple(p for p in kind.parameters if p.name in used)
    network = class_name(graph.name)
    name = block_class(form.kind, network, {network, *(made.name for made in classes.values())})
    block = registry().get(kind.name)
    doc = block.about(graph.children[group.instances[0].name]) if block else kind.doc
    return Class(name, doc, parameters, kind.arguments[: form.arity], form)


def bind_item(item: Item, values: dict[str, Formula], classes: dict[int, Class]) -> Item:
    """The item with parameters replaced, and calls reduced to what their class takes."""
    match item:
        case OpItem():
            return replace(item, params=_bind(item.params, values))
        case CallItem():
            wanted = {parameter.name for parameter in classes[item.class_].parameters}
            params = tuple(pair for pair in item.params if pair[0] in wanted)
            return replace(item, params=_bind(params, values))
        case SeqItem(first=first, rest=rest):
            one, two = bind_item(first, values, classes), rest and bind_item(rest, values, classes)
            assert isinstance(one, CallItem)
            assert two is None or isinstance(two, CallItem)
            return replace(item, first=one, rest=two, count=substitute(item.count, values))


def _bind(params: Bindings, values: dict[str, Formula]) -> Bindings:
    return tuple((name, substitute(formula, values)) for name, formula in params)


def _reads(item: Item) -> tuple[str, ...]:
    """The parameters that an item's text will mention."""
    match item:
        case OpItem() | CallItem():
            return tuple(name for _, formula in item.params for name in variables(formula))
        case SeqItem(first=first, rest=rest, count=count):
            own = variables(count) if rest else ()
            return (*_reads(first), *(_reads(rest) if rest else ()), *own)
