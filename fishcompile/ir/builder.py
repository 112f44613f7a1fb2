"""Builder: what blocks expand into; infers each node's type as it is added.

Inside a block's `expand` its fields are `Sym`s, so that every number derived from them keeps its
formula: the same code gives the shapes, the costs and the text of the emitted class.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from fishcompile.ir.block import Block, Part, Row
from fishcompile.ir.fault import ExpansionError
from fishcompile.ir.foreign import expanded, inferred, is_foreign, require_block
from fishcompile.ir.graph import SEQUENTIAL, Graph, Item, Kind, Node, Scope, Skipped, Value
from fishcompile.ir.limits import flood, giant
from fishcompile.ir.symbols import (
    formulas_of,
    numbers_of,
    plain,
    reads,
    seen_from_outside,
    with_formula,
    without_formulas,
)
from fishcompile.ir.template import Template, cut, lay
from fishcompile.ops.base import Op, ShapeError
from fishcompile.ops.formula import Const, Formula, Sym, Var, formula_of
from fishcompile.ops.tensor import TensorType

__all__ = ["Block", "Builder", "Part", "Row"]  # what is built with, and what is built


class Builder:
    """Collects nodes and scopes; one builder makes one graph."""

    def __init__(self) -> None:
        """An empty graph."""
        self.top = ""  # the stage that is being made
        self._inputs: list[Value] = []
        self._nodes: dict[str, Node] = {}
        self._scopes: dict[str, Scope] = {}
        self._stack: list[Scope] = []
        self._templates: dict[Any, Template] = {}
        self._kinds: dict[type[Block], Kind] = {}
        self._named: dict[str, type[Block]] = {}
        self._order: list[Node] = []  # of the nodes, which an expansion takes its own from
        self._opened: list[str] = []  # and of the scopes
        self._skipped: list[tuple[Skipped, int]] = []  # each with how many nodes were before it
        self.expansions = 0  # of blocks that were not just repeated
        self.operations = 0  # that were added one by one, so in such blocks

    @property
    def depth(self) -> int:
        """How many blocks are open."""
        return sum(scope.kind != SEQUENTIAL for scope in self._stack)

    def add(self, name: str, part: Part, *inputs: Value) -> Value:
        """Adds a node, a block or a row of blocks, whichever it is."""
        match part:
            case Op():
                return self.op(name, part, *inputs)
            case Block():
                return self.block(name, part, *inputs)
            case Row():
                return self._row(name, part, *inputs)

    def input(self, name: str, type: TensorType) -> Value:  # noqa: A002
        """A new input of the graph."""
        self._inputs.append(Value(name, type))
        return self._inputs[-1]

    def op(self, name: str, op: Op, *inputs: Value) -> Value:
        """Adds a node. Raises ExpansionError where the inputs do not fit."""
        path = self.path(name)
        self._refuse_flood(1, path)
        formulas = formulas_of(op)
        types = tuple(value.type for value in inputs)
        try:
            type_ = inferred(op, types)
        except ShapeError as error:
            levels = self._blame(error.field, formulas)
            raise ExpansionError(error, path, levels[-1], types, levels) from None
        if fault := giant(type_):
            raise ExpansionError(fault, path, (), types)
        names = tuple(value.name for value in inputs)
        node = Node(path, plain(op), names, without_formulas(type_), formulas)
        self._nodes[path] = node
        self._order.append(node)
        self.operations += 1
        return Value(path, with_formula(type_))

    def block(self, name: str, block: Block, *inputs: Value) -> Value:
        """Expands a block in a scope of its own."""
        depth = len(self._stack)
        try:
            return self._expand(name, block, inputs)
        finally:
            del self._stack[depth:]  # after an error, what comes next stands beside this block

    def fault(self, name: str, error: ShapeError) -> ExpansionError:
        """The error of a part that a block cannot make: its field is a parameter of the block.

        Without `name` it is the block's own. A word has no formula to follow, and is handed on
        under its own name.
        """
        field = error.field or ""
        levels = self._blame(field, ((field, Var(field)),))
        path = self.path(name) if name else self._stack[-1].name
        return ExpansionError(error, path, levels[-1] or (field,), (), levels)

    def _expand(self, name: str, block: Block, inputs: tuple[Value, ...]) -> Value:
        self._meet(name, block)
        numbers = numbers_of(block)
        scope = self._open(name, type(block).__name__, numbers, formulas_of(block), inputs)
        words = tuple(value for value in vars(block).values() if not isinstance(value, int))
        key = (type(block), numbers, words, tuple(value.type for value in inputs))
        known = self._templates.get(key)
        if known is not None:
            self._refuse_flood(len(known.nodes), scope.name, len(known.scopes))
            nodes, scopes, skipped = lay(known, scope.name, inputs)
            self._nodes.update((node.name, node) for node in nodes)
            self._order += nodes
            self._skipped += ((skip, len(self._order)) for skip in skipped)
            self._scopes.update((inner.name, inner) for inner in scopes)
            self._opened += (inner.name for inner in scopes)
            output = Value(_output(known, scope.name, inputs), seen_from_outside(known.type, block))
            return self._close(scope, output)
        self.expansions += 1
        nodes_before, scopes_before = len(self._order), len(self._opened)
        skipped_before = len(self._skipped)
        inside = {name: Sym(value, Var(name)) for name, value in numbers}
        bound: Any = replace(block, **inside)
        kind: Any = type(block)
        foreign = is_foreign(kind)
        # what enters is written in the terms of the block around this one, so it is plain here
        plain = [Value(value.name, without_formulas(value.type)) for value in inputs]
        # by way of the class: a block that a spec defines may have a parameter called `expand`
        try:
            output = expanded(bound, self, plain) if foreign else kind.expand(bound, self, *plain)
        except ShapeError as error:
            raise self.fault("", error) from None
        nodes = self._order[nodes_before:]
        scopes = [self._scopes[name] for name in self._opened[scopes_before:]]
        skipped = [skip for skip, _ in self._skipped[skipped_before:]]
        self._templates[key] = cut(scope.name, inputs, output, nodes, scopes, skipped)
        outside = Value(output.name, seen_from_outside(output.type, block))
        return self._close(scope, outside)

    def _meet(self, name: str, block: Block) -> None:
        """Notes the class of a block. Raises ExpansionError for one that cannot be emitted."""
        kind = type(block)
        if kind in self._kinds:
            return
        try:
            require_block(block, self._named.setdefault(kind.__name__, kind))
        except ShapeError as error:
            raise self.fault(name, error) from None
        self._kinds[kind] = kind.kind()

    def repeat(self, name: str, first: Block, rest: Block, count: int, x: Value) -> Value:
        """`first` and then `count - 1` times `rest`, in a Sequential. With count 0, `x` itself."""
        if count < 1:
            return self.skip(name, count, x)
        formula = formula_of(count)
        formulas = () if isinstance(formula, Const) else (("count", formula),)
        scope = self._open(name, SEQUENTIAL, (("count", int(count)),), formulas, (x,))
        for index in range(count):
            x = self.block(str(index), first if index == 0 else rest, x)
        return self._close(scope, x)

    def _row(self, name: str, row: Row, x: Value) -> Value:
        """A row whose later blocks are known only once the type that they get is."""
        formula = formula_of(row.count)
        formulas = () if isinstance(formula, Const) else (("count", formula),)
        scope = self._open(name, SEQUENTIAL, (("count", int(row.count)),), formulas, (x,))
        x = self.block("0", row.first, x)
        second: Block | None = None
        for index in range(1, row.count):
            block = row.rest(x.type)
            if second is not None and block != second:
                message = "it changes the width each time, so it can be repeated once at most"
                raise ExpansionError(ShapeError("FC301", message), scope.name, ("repeat",))
            second = block
            x = self.block(str(index), block, x)
        return self._close(scope, x)

    def skip(self, name: str, when: int, x: Value) -> Value:
        """`x`, where the block that is open has something else while `when` is positive."""
        formula = formula_of(when)
        if isinstance(formula, Const):
            return x
        path = self.path(name)
        before, inside = "", path[: -len(name)]
        if self._skipped and self._skipped[-1][1] == len(self._order):
            before = self._skipped[-1][0].name
        if not before.startswith(inside) and self._order:
            before = self._order[-1].name
        after = before[len(inside) :].partition(".")[0] if before.startswith(inside) else ""
        self._skipped.append((Skipped(path, x.name, formula, after), len(self._order)))
        return x

    def node(self, name: str) -> Node:
        """The node of that name. Raises KeyError for an input."""
        return self._nodes[name]

    def type_of(self, name: str) -> TensorType:
        """The type of a node or input."""
        inputs = (value.type for value in self._inputs if value.name == name)
        return self._nodes[name].type if name in self._nodes else next(inputs)

    def inside(self) -> Iterator[Item]:
        """What the block that is open has of its own so far."""
        path = self._stack[-1].name
        items: tuple[Item, ...] = (*self._nodes.values(), *self._scopes.values())
        for item in items:
            if item.name.rpartition(".")[0] == path:
                yield item

    def graph(
        self,
        name: str,
        taps: tuple[tuple[str, str], ...],
        outputs: tuple[tuple[str, str], ...] = (),
    ) -> Graph:
        """The graph collected so far; `taps` and `outputs` pair names with those of values."""
        inputs, scopes = tuple(self._inputs), tuple(self._scopes.values())
        nodes, kinds = tuple(self._nodes.values()), tuple(self._kinds.values())
        skipped = tuple(skip for skip, _ in self._skipped)
        return Graph(name, inputs, scopes, nodes, taps, outputs, kinds, skipped)

    def _refuse_flood(self, nodes: int, path: str, scopes: int = 0) -> None:
        """Raises ExpansionError where so much more would be too much."""
        fault = flood(len(self._nodes) + nodes, len(self._scopes) + scopes)
        if fault:
            raise ExpansionError(fault, path, ())

    def path(self, name: str) -> str:
        """The dotted path that a node or block of that name has here."""
        return f"{self._stack[-1].name}.{name}" if self._stack else name

    def _open(
        self,
        name: str,
        kind: str,
        params: tuple[tuple[str, int], ...],
        formulas: tuple[tuple[str, Formula], ...],
        inputs: tuple[Value, ...],
    ) -> Scope:
        path = self.path(name)
        assert path not in self._scopes, f"two scopes at {path}"
        self._refuse_flood(0, path, 1)
        scope = Scope(path, kind, params, formulas, tuple(value.name for value in inputs), "")
        self._scopes[path] = scope
        self._opened.append(path)
        self._stack.append(scope)
        return scope

    def _close(self, scope: Scope, output: Value) -> Value:
        assert self._stack.pop() is scope
        self._scopes[scope.name] = replace(scope, output=output.name)
        return output

    def _blame(
        self, field: str | None, formulas: tuple[tuple[str, Formula], ...]
    ) -> tuple[tuple[str, ...], ...]:
        """The op's field, and the parameters of each block around it that it leads back to."""
        levels: list[tuple[str, ...]] = [(field,) if field else ()]
        blocks = [scope for scope in self._stack if scope.kind != SEQUENTIAL]
        for formula in (formulas, *(scope.formulas for scope in reversed(blocks[1:]))):
            if len(levels) <= len(blocks):
                levels.append(reads(levels[-1], formula))
        return tuple(levels)


def _output(template: Template, path: str, inputs: tuple[Value, ...]) -> str:
    name = template.output
    return inputs[int(name[1:])].name if name.startswith("#") else path + name
