"""Frames: which values of a forward method have a name there, as the emitter writes it.

A value that is read once is written into the expression that reads it, and is gone when that has
run; one under a name lives until the name is given to another, or the method returns. So names
decide how much memory the module takes. `Forward` of the emitter makes the same choices over the
forms of classes; here they are made for each instance, whose numbers stand for formulas, and a test
holds the two to what torch allocates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from typing import Any

from fishcompile.ir.graph import Item, Node
from fishcompile.ops.base import Op
from fishcompile.ops.formula import Const
from fishcompile.ops.keys import quoted
from fishcompile.record import record

WIDTH = 88  # of a line
MAX_INLINE = 56  # of what is written into an expression
_ROOM = WIDTH - len("        return ")
_BRACKETS = {"add": 1, "mul": 2}  # how tightly they bind, a call binding as 3


@record
class Frame:
    """A method that runs: what it reads, its items in order, what it returns.

    `arguments` pair values with the text that stands for each: a name, or an expression. The
    network's own methods are of `stages`: a value that is read again has its own name there.
    Where they return a dict, each value in it has one, too (`by_name`).
    """

    arguments: Mapping[str, str]
    items: Sequence[Item]
    outputs: Collection[str]
    stages: bool = False
    by_name: bool = False


@record
class _Text:
    """The text of a value, the names in it, how tightly it binds, whether it calls a module."""

    text: str
    names: frozenset[str]
    binds: int = 3
    calls: bool = False


def value_of(item: Item) -> str:
    """The value that an item gives."""
    return item.name if isinstance(item, Node) else item.output


def named_values(frame: Frame) -> list[tuple[str, str]]:
    """The values that get a name, in the order in which they are computed, with the name."""
    return _Naming(frame).named


class _Naming:
    """Goes through the items of a frame, as `Forward` does."""

    def __init__(self, frame: Frame) -> None:
        self.named: list[tuple[str, str]] = []
        self._frame = frame
        # a dict, and a tuple of several outputs, give every value a name
        together = frame.by_name or len(frame.outputs) > 1
        self._last = "" if together else next(iter(frame.outputs), "")
        self._own = set(frame.outputs) if len(frame.outputs) > 1 else set()
        self._of_functions = {
            name for item in frame.items if is_function(item) for name in item.inputs
        }
        self._uses = Counter(name for item in frame.items for name in _reads(item))
        self._uses.update(frame.outputs)
        self._texts = {v: _Text(text, frozenset([text])) for v, text in frame.arguments.items()}
        self._holds = {text: v for v, text in frame.arguments.items() if text.isidentifier()}
        self._pending: dict[str, _Text] = {}
        for item in frame.items:
            self._add(item)

    def _add(self, item: Item) -> None:
        text = self._text(item)
        for operand in item.inputs:
            if len(text.text) > _ROOM and operand in self._pending:
                del self._pending[operand]
                self._assign(operand, self._free_argument() or operand)
                text = self._text(item)
        for operand in _reads(item):
            self._uses[operand] -= 1
            self._pending.pop(operand, None)
        value = value_of(item)
        if self._is_inline(item, value, text):
            self._texts[value] = self._pending[value] = text
            return
        own = value in self._own or (self._frame.stages and self._uses[value] > 1)
        self._assign(value, (None if own else self._free_argument()) or value)

    def _is_inline(self, item: Item, value: str, text: _Text) -> bool:
        if value in self._own or self._uses[value] != 1:
            return False
        if value == self._last:
            return text.binds == 3 or len(text.text) <= _ROOM
        ends_line = text.calls and is_function(item) and value not in self._of_functions
        return not (self._frame.stages and ends_line) and len(text.text) <= MAX_INLINE

    def _assign(self, value: str, name: str) -> None:
        local = name.rpartition(".")[2]
        self._texts[value] = _Text(local, frozenset([name]))
        if name in self._holds:
            self._holds[name] = value
        self.named.append((value, name))

    def _free_argument(self) -> str | None:
        wanted = {name for text in self._pending.values() for name in text.names}
        for name, value in self._holds.items():
            if self._uses[value] == 0 and name not in wanted:
                return name
        return None

    def _text(self, item: Item) -> _Text:
        read = [self._texts[name] for name in item.inputs]
        names = frozenset().union(*(text.names for text in read))
        if not isinstance(item, Node):
            called = f"self.{item.local}({', '.join([text.text for text in read])})"
            return _Text(called, names, calls=True)
        binds = _BRACKETS.get(item.op.kind, 3)
        texts = [read[0].text if read[0].binds >= binds else f"({read[0].text})"] if read else []
        least = binds + 1 if binds < 3 else 0
        texts += [t.text if t.binds >= least else f"({t.text})" for t in read[1:]]
        function = is_function(item)
        template = type(item.op).expression(_fields(item) if function else {}, len(texts))
        calls = not function or any(text.calls for text in read)
        return _Text(template.format(*texts, self=f"self.{item.local}"), names, binds, calls)


def _fields(node: Node) -> dict[str, str]:
    """The text of each field of a function, one that is a formula as an attribute of the module."""
    varying = {name for name, formula in node.formulas if not isinstance(formula, Const)}
    return {
        field.name: f"self.{field.name}"
        if field.name in varying
        else quoted(str(getattr(node.op, field.name)))
        for field in fields(node.op)
    }


def is_function(item: Item) -> bool:
    """Whether an item is a plain function in `forward`, without a module of its own."""
    return isinstance(item, Node) and _has_no_module(item.op)


def _has_no_module(op: Any) -> bool:
    """Whether `module` is that of Op, which is quicker to see than to ask for the call."""
    return type(op).module.__func__ is _NONE


_NONE: Any = vars(Op)["module"].__func__


def _reads(item: Item) -> tuple[str, ...]:
    """The operands, one that only gives a size twice."""
    if isinstance(item, Node) and item.op.reads is not None:
        return item.inputs + item.inputs[item.op.reads :]
    return item.inputs
