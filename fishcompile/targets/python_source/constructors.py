"""Constructors: the lines of `__init__` that make a class's modules, and what `forward` reads."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from fishcompile.analysis.frames import WIDTH
from fishcompile.ops.base import Op
from fishcompile.ops.formula import (
    Const,
    binary,
    parse,
    positive,
    substitute,
    variables,
)
from fishcompile.ops.keys import quoted
from fishcompile.targets.python_source.classes import Class
from fishcompile.targets.python_source.forms import (
    CallItem,
    Item,
    OpItem,
    SeqItem,
    SkipItem,
    attributes,
    is_function,
    may_be_none,
)
from fishcompile.targets.python_source.line_breaking import STEP, statement
from fishcompile.targets.python_source.locals import with_locals

_BODY = STEP * 2
_WIDTHS = ("channels", "classes")
# what a formula of a field is called, where not as the field
_SHORT = {"padding": "p"}
_NO_MORE = ("output_padding", "0")  # of a stride of 1


def members(
    items: Sequence[Item], classes: Mapping[int, Class], parameters: Collection[str]
) -> list[str]:
    """The lines that make the modules of a class whose constructor has these parameters."""
    known, items = with_locals(items, parameters)
    lines = [f"{_BODY}{name} = {formula}" for name, formula in known.items()]
    taken = {*known, *parameters}
    return [*lines, *(line for item in items for line in _member(item, items, classes, taken))]


def _member(
    item: Item, items: Sequence[Item], classes: Mapping[int, Class], taken: Collection[str]
) -> list[str]:
    """The lines of one item: its module, or what a function reads."""
    lines: list[str] = []
    match item:
        case OpItem() if is_function(item):
            read = attributes(item, items)
            given = dict(item.params)
            lines += (f"{_BODY}self.{name} = {given[field]}" for field, name in read.items())
            if item.when:
                lines.append(f"{_BODY}self.{item.local} = {positive(item.when)}")
            return lines
        case OpItem():
            text, formulas = _module(item, taken)
            lines += formulas
        case CallItem():
            text = _construct(item, classes)
        case SeqItem():
            text = f"nn.Sequential({_elements(item, classes)})"
            if item.may_be_one:
                many = positive(binary("-", item.count, Const(1)))
                text = f"{text} if {many} else {_construct(item.first, classes)}"
        case SkipItem():
            raise AssertionError(f"{item.local} is in no instance")
    target = f"self.{item.local}"
    if item.when and not may_be_none(item):
        return [*lines, *_perhaps(target, text, positive(item.when))]
    if item.when:
        text = f"{text} if {positive(item.when)} else None"
    return [*lines, *statement(f"{target} = ", text, _BODY)]


def _module(item: OpItem, taken: Collection[str]) -> tuple[str, list[str]]:
    """The call that makes an op's module, and the lines of what it reads.

    A formula gets a line of its own where that saves lines, under the name that torch has for it
    if that is not `taken`.
    """
    fields = {name: str(formula) for name, formula in item.params}
    formulas = [name for name in _optional(item) if " " in fields.get(name, "")]
    fields |= {name: quoted(word) for name, word in item.words}
    names = {name: _SHORT.get(name, name) for name in formulas}
    names = {field: name for field, name in names.items() if name not in taken}
    lines = [f"{_BODY}{name} = {fields[field]}" for field, name in names.items()]
    plain, named = (
        torch_call(item.op, given, len(item.operands)) for given in (fields, fields | names)
    )
    long, short = (len(statement(f"self.{item.local} = ", t, _BODY)) for t in (plain, named))
    return (plain, []) if long <= short + len(lines) else (named, lines)


def _perhaps(target: str, text: str, condition: str) -> list[str]:
    """The lines that make a module or an `nn.Identity()`: an expression where one line holds it."""
    inner = f"({text})" if " if " in text else text
    line = f"{_BODY}{target} = {inner} if {condition} else nn.Identity()"
    if len(line) <= WIDTH:
        return [line]
    nothing = f"{_BODY}{target}: nn.Module = nn.Identity()"
    made = statement(f"{target} = ", text, _BODY + STEP)
    return [nothing, f"{_BODY}if {condition}:", *made]


def _optional(item: OpItem) -> list[str]:
    """The arguments of a module of torch that have a default there."""
    call = item.op.module()
    assert call is not None
    return [name for name, default in (*call.positional, *call.keywords) if default is not None]


def _elements(item: SeqItem, classes: Mapping[int, Class]) -> str:
    first = _construct(item.first, classes)
    if item.rest is None:
        return first
    rest = _construct(item.rest, classes)
    if rest == first:
        return f"*({rest} for _ in range({item.count}))"
    return f"{first}, *({rest} for _ in range({binary('-', item.count, Const(1))}))"


def _construct(item: CallItem, classes: Mapping[int, Class]) -> str:
    """The call; by position are two widths, a kernel behind them, and what is called as it is."""
    made = classes[item.class_]
    given = dict(item.params)
    texts: list[str] = []
    by_keyword = False
    for index, parameter in enumerate(made.parameters):
        name, value = parameter.name, given[parameter.name]
        if parameter.default is not None and value == Const(parameter.default):
            by_keyword = True
            continue
        width = name.endswith(_WIDTHS) or name == "out"
        plain = (width and index < 2) or (name == "kernel" and index == 2) or name == str(value)
        by_keyword = by_keyword or not plain
        texts.append(f"{name}={value}" if by_keyword else str(value))
    return f"{made.name}({', '.join(texts)})"


def torch_call(op: type[Op] | Op, fields: Mapping[str, str], operands: int = 1) -> str:
    """The call of a module of torch, with what an operand that only gives a size asks for."""
    call = op.module()
    assert call is not None
    positional = list(call.positional)
    while positional and fields[positional[-1][0]] == positional[-1][1]:
        positional.pop()
    texts = [fields[name] for name, _ in positional]
    keywords = [(k, fields[k]) for k, default in call.keywords if fields[k] != default]
    if op.reads is not None and operands > op.reads:
        for name, text in op.sized:
            formula = parse(text)
            known = {field: parse(fields[field]) for field in variables(formula)}
            keywords.append((name, str(substitute(formula, known))))
        keywords.sort(key=lambda pair: pair[0] == "bias")  # which torch has last
    texts += [f"{name}={value}" for name, value in keywords if (name, value) != _NO_MORE]
    return f"{call.function}({', '.join(texts)})"
