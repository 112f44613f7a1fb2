"""Forward: a class's items as statements, nested where that reads well.

A value that is read once is written into the expression that reads it, while the line stays
short; a value read more often gets a name: an argument's that nobody reads again, or its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from fishcompile.targets.python_source.forms import Item, OpItem, attributes
from fishcompile.targets.python_source.line_breaking import WIDTH, statement

_MAX_INLINE = 56
_ATOM, _PRODUCT, _SUM = 3, 2, 1
_BINDS = {"add": _SUM, "mul": _PRODUCT}


@dataclass(frozen=True)
class Expression:
    """Text, the names it reads, how tightly it binds, whether a type checker sees a Tensor."""

    text: str
    reads: frozenset[str]
    binds: int = _ATOM
    typed: bool = False


class Forward:
    """Writes the body of one forward method."""

    def __init__(
        self, arguments: dict[str, str], items: Sequence[Item], outputs: Sequence[str], indent: str
    ) -> None:
        """`arguments` maps values to the method's arguments; `outputs` are read at the end."""
        self.lines: list[str] = []
        self._indent = indent
        self._items = items
        self._room = WIDTH - len(f"{indent}return ")
        self._last = outputs[0] if len(outputs) == 1 else ""
        self._uses = Counter(name for item in items for name in item.operands)
        self._uses.update(outputs)
        self._values = {
            value: Expression(name, frozenset([name]), typed=True)
            for value, name in arguments.items()
        }
        self._holds = {name: value for value, name in arguments.items()}
        self._pending: dict[str, Expression] = {}

    def add(self, item: Item, *, named: bool = False) -> None:
        """Writes an item, or keeps it for the one expression that reads it."""
        expression = self._expression(item)
        for operand in item.operands:
            if len(expression.text) > self._room and operand in self._pending:
                self._assign(operand, operand, self._pending.pop(operand))
                expression = self._expression(item)
        for operand in item.operands:
            self._uses[operand] -= 1
            self._pending.pop(operand, None)
        if named:
            self._assign(item.local, item.local, expression)
        elif self._uses[item.local] == 1 and len(expression.text) <= self._limit(item):
            self._values[item.local] = self._pending[item.local] = expression
        else:
            self._assign(item.local, self._free_argument() or item.local, expression)

    def finish(self, output: str) -> None:
        """Writes the return of a value, by way of an argument's name where its type is unknown."""
        result = self._values[output]
        if not result.typed:
            name = next(iter(self._holds))
            self._assign(output, name, result)
        self.lines += statement("return ", self.read(output), self._indent)

    def read(self, value: str) -> str:
        """The text that stands for a value."""
        return self._values[value].text

    def text(self, item: Item) -> str:
        """The expression of an item, not assigned."""
        return self._expression(item).text

    def _assign(self, value: str, name: str, expression: Expression) -> None:
        self.lines += statement(f"{name} = ", expression.text, self._indent)
        typed = name in self._holds or expression.typed
        self._values[value] = Expression(name, frozenset([name]), typed=typed)
        if name in self._holds:
            self._holds[name] = value

    def _free_argument(self) -> str | None:
        """An argument whose value nobody reads again, so that its name may hold another."""
        wanted = {name for expression in self._pending.values() for name in expression.reads}
        for name, value in self._holds.items():
            if self._uses[value] == 0 and name not in wanted:
                return name
        return None

    def _limit(self, item: Item) -> int:
        return self._room if item.local == self._last else _MAX_INLINE

    def _expression(self, item: Item) -> Expression:
        operands = [self._values[name] for name in item.operands]
        reads = frozenset().union(*(operand.reads for operand in operands))
        if not isinstance(item, OpItem):
            return Expression(f"self.{item.local}({', '.join(x.text for x in operands)})", reads)
        fields = {name: str(formula) for name, formula in item.params} | dict(item.words)
        read = attributes(item, self._items)
        fields |= {field: f"self.{name}" for field, name in read.items()}
        template = item.op.expression(fields, len(operands))
        binds = _BINDS.get(item.op.kind, _ATOM)
        if item.op.kind in _BINDS:
            typed = all(operand.typed for operand in operands)
            texts = [_bracket(operands[0], binds), *(_bracket(x, binds + 1) for x in operands[1:])]
        else:
            typed = template.startswith(("F.", "torch."))
            texts = [x.text for x in operands]
        text = template.format(*texts, self=f"self.{item.local}")
        return Expression(text, reads, binds, typed)


def _bracket(expression: Expression, at_least: int) -> str:
    return expression.text if expression.binds >= at_least else f"({expression.text})"
