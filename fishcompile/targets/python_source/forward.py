"""Forward: a class's items as statements, nested where that reads well.

A value that is read once is written into the expression that reads it, while the line stays
short; a value read more often gets a name: an argument's that nobody reads again, or its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from fishcompile.analysis.frames import MAX_INLINE, WIDTH
from fishcompile.record import record
from fishcompile.targets.python_source.forms import (
    Called,
    OpItem,
    RecomputedItem,
    attributes,
    is_function,
    may_choose,
)
from fishcompile.targets.python_source.line_breaking import statement

_ATOM, _PRODUCT, _SUM, _CHOICE = 3, 2, 1, 0
_BINDS = {"add": _SUM, "mul": _PRODUCT}


@record
class Expression:
    """Text, the names it reads, how tightly it binds, and whether it calls a module."""

    text: str
    reads: frozenset[str]
    binds: int = _ATOM
    calls: bool = False


class Forward:
    """Writes the body of one forward method."""

    def __init__(
        self,
        arguments: dict[str, str],
        items: Sequence[Called],
        outputs: Collection[str],
        indent: str,
        *,
        stages: bool = False,
        by_name: bool = False,
    ) -> None:
        """`arguments` maps values to the method's arguments; `outputs` are read at the end.

        With `stages` what is read again has its own name, and what a function makes of a module's
        map, as pooling does, ends a line. Outputs that are given out `by_name` have their own.
        """
        self.lines: list[str] = []
        self._indent = indent
        self._items = items
        self._room = WIDTH - len(f"{indent}return ")
        self._last = "" if by_name or len(outputs) > 1 else next(iter(outputs))
        self._stages = stages
        self._of_functions = {name for i in items if is_function(i) for name in i.operands}
        self._named = set(outputs) if len(outputs) > 1 else set()
        self._uses = Counter(name for item in items for name in _reads(item))
        self._uses.update(outputs)
        self._values = {
            value: Expression(name, frozenset([name])) for value, name in arguments.items()
        }
        self._holds = {name: value for value, name in arguments.items() if name.isidentifier()}
        self._pending: dict[str, Expression] = {}

    def add(self, item: Called) -> None:
        """Writes an item, or keeps it for the one expression that reads it."""
        expression = self._expression(item)
        for operand in item.operands:
            if len(expression.text) > self._room and operand in self._pending:
                early = self._pending.pop(operand)
                self._assign(operand, self._free_argument() or operand, early)
                expression = self._expression(item)
        for operand in _reads(item):
            self._uses[operand] -= 1
            self._pending.pop(operand, None)
        if self._is_written_where_it_is_read(item, expression):
            self._values[item.local] = self._pending[item.local] = expression
        else:
            named = item.local in self._named or (self._stages and self._uses[item.local] > 1)
            free = None if named else self._free_argument()
            self._assign(item.local, free or item.local, expression)

    def finish(self, output: str) -> None:
        """Writes the return of a value."""
        self.lines += statement("return ", self.read(output), self._indent)

    def read(self, value: str) -> str:
        """The text that stands for a value."""
        return self._values[value].text

    def unname(self, value: str, room: int) -> None:
        """What the last line made is read where its name would be, if only there and if it fits."""
        name, _, text = self.lines[-1].strip().partition(" = ") if self.lines else ("", "", "")
        if name == value and self._uses[value] == 1 and len(text) <= len(name) + room:
            self.lines.pop()
            self._values[value] = Expression(text, self._values[value].reads)

    def _is_written_where_it_is_read(self, item: Called, expression: Expression) -> bool:
        name = item.local
        if name in self._named or self._uses[name] != 1:
            return False
        if name == self._last:
            # a call may be broken over lines, a sum may not
            return expression.binds == _ATOM or len(expression.text) <= self._room
        if (
            self._stages
            and expression.calls
            and is_function(item)
            and name not in self._of_functions
        ):
            return False  # a pooled map and the like is a line's end
        return expression.binds > _CHOICE and len(expression.text) <= MAX_INLINE

    def _assign(self, value: str, name: str, expression: Expression) -> None:
        self.lines += statement(f"{name} = ", expression.text, self._indent)
        self._values[value] = Expression(name, frozenset([name]))
        if name in self._holds:
            self._holds[name] = value

    def _free_argument(self) -> str | None:
        """An argument whose value nobody reads again, so that its name may hold another."""
        wanted = {name for expression in self._pending.values() for name in expression.reads}
        for name, value in self._holds.items():
            if self._uses[value] == 0 and name not in wanted:
                return name
        return None

    def _expression(self, item: Called) -> Expression:
        operands = [self._values[name] for name in item.operands]
        reads = frozenset().union(*(operand.reads for operand in operands))
        if isinstance(item, RecomputedItem):
            return Expression(item.text.format(*(x.text for x in operands)), reads, calls=True)
        if not isinstance(item, OpItem):
            text = f"self.{item.local}({', '.join(x.text for x in operands)})"
            return _chosen(item, Expression(text, reads, calls=True), operands[0].text)
        fields = {name: str(formula) for name, formula in item.params} | dict(item.words)
        read = attributes(item, self._items)
        fields |= {field: f"self.{name}" for field, name in read.items()}
        template = item.op.expression(fields, len(operands))
        binds = _BINDS.get(item.op.kind, _ATOM)
        if item.op.kind in _BINDS:
            texts = [_bracket(operands[0], binds), *(_bracket(x, binds + 1) for x in operands[1:])]
        else:
            texts = [x.text for x in operands]
        calls = not is_function(item) or any(operand.calls for operand in operands)
        text = template.format(*texts, self=f"self.{item.local}")
        return _chosen(item, Expression(text, reads, binds, calls), texts[0])


def _chosen(item: Called, made: Expression, instead: str) -> Expression:
    """What an item gives, which may be left out, and then is its first operand."""
    if not may_choose(item):
        return made
    there = f"self.{item.local}" if is_function(item) else f"self.{item.local} is not None"
    return Expression(f"{made.text} if {there} else {instead}", made.reads, _CHOICE)


def _reads(item: Called) -> list[str]:
    """The operands, each as often as the text of an item reads it.

    One that only gives a size, or that stands for an item left out, is read once more, and so has
    a name.
    """
    again: tuple[str, ...] = ()
    if isinstance(item, OpItem):
        again = () if item.op.reads is None else item.operands[item.op.reads :]
    if may_choose(item):
        again += item.operands[:1]
    return [*item.operands, *again]


def _bracket(expression: Expression, at_least: int) -> str:
    return expression.text if expression.binds >= at_least else f"({expression.text})"
