"""Builder: what blocks expand into; infers each node's type as it is added.

Inside a block's `expand` its fields are `Sym`s, so that every number derived from them keeps its
formula: the same code gives the shapes, the costs and the text of the emitted class.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import replace
from typing import Any

from fishcompile.ir.block import Block, Part, Sequential
from fishcompile.ir.collected import Collected
from fishcompile.ir.fault import ExpansionError
from fishcompile.ir.foreign import expanded, inferred, is_foreign, require_block
from fishcompile.ir.graph import SEQUENTIAL, Graph, Item, Kind, Node, Scope, Skipped, Value
from fishcompile.ir.limits import flood, giant
from fishcompile.ir.memo import Expansion, Met, described, keep, kept, lasts, relative
from fishcompile.ir.symbols import (
    formulas_of,
    leads,
    numbers_of,
    plain,
    same,
    seen_from_outside,
    with_formula,
    without_formulas,
)
from fishcompile.ops.base import Op, ShapeError
from fishcompile.ops.formula import Const, Formula, Sym, Var, formula_of
from fishcompile.ops.tensor import TensorType

__all__ = ["Block", "Builder", "Part", "Sequential"]  # what is built with, and what is built


class Builder:
    """Collects nodes and scopes; one builder makes one graph."""

    def __init__(self) -> None:
        """An empty graph."""
        self.top = ""  # the stage that is being made
        self._inputs: list[Value] = []
        self._made = Collected()
        self._stack: list[Scope] = []
        self._known: dict[Hashable, Expansion] = {}
        self._latest: Expansion | None = None  # of the block that was expanded last
        self._counted: set[Hashable] = set()  # of the different blocks
        self._met: list[Met] = []  # in each block that is being expanded
        self._kinds: dict[type[Block], Kind] = {}
        self._named: dict[str, type[Block]] = {}
        self.expansions = 0  # of different blocks
        self.operations = 0  # that these add themselves

    @property
    def depth(self) -> int:
        """How many blocks are open."""
        return sum(scope.kind != SEQUENTIAL for scope in self._stack)

    def add(self, name: str, part: Part, *inputs: Value) -> Value:
        """Adds a node, a block or a Sequential of blocks, whichever it is."""
        match part:
            case Op():
                return self.op(name, part, *inputs)
            case Block():
                return self.block(name, part, *inputs)
            case Sequential():
                return self._sequential(name, part, *inputs)

    def input(self, name: str, type: TensorType) -> Value:  # noqa: A002
        """A new input of the graph."""
        self._inputs.append(Value(name, type))
        return self._inputs[-1]

    def op(self, name: str, op: Op, *inputs: Value) -> Value:
        """Adds a node. Raises ExpansionError where the inputs do not fit."""
        path = self.path(name)
        self._made.refuse_flood(1, path)
        formulas = formulas_of(op)
        types = tuple(value.type for value in inputs)
        try:
            type_ = inferred(op, types)
        except ShapeError as error:
            levels = leads(error.field, formulas, self._stack)
            raise ExpansionError(error, path, levels[-1], types, levels) from None
        if fault := giant(type_):
            raise ExpansionError(fault, path, (), types)
        names = tuple(value.name for value in inputs)
        self._made.add(Node(path, plain(op), names, without_formulas(type_), formulas))
        self.operations += not self._met or self._met[-1].fresh
        if self._met:
            self._met[-1].operations += 1
        return Value(path, with_formula(type_))

    def block(self, name: str, block: Block, *inputs: Value) -> Value:
        """Expands a block in a scope of its own."""
        depth, met = len(self._stack), len(self._met)
        try:
            return self._expand(name, block, inputs)
        finally:
            # after an error, what comes next stands beside this block
            del self._stack[depth:]
            del self._met[met:]

    def fault(self, name: str, error: ShapeError) -> ExpansionError:
        """The error of a part that a block cannot make: its field is a parameter of the block.

        Without `name` it is the block's own. A word has no formula to follow, and is handed on
        under its own name.
        """
        field = error.field or ""
        levels = leads(field, ((field, Var(field)),), self._stack)
        path = self.path(name) if name else self._stack[-1].name
        return ExpansionError(error, path, levels[-1] or (field,), (), levels)

    def _expand(self, name: str, block: Block, inputs: tuple[Value, ...]) -> Value:
        self._meet(name, block)
        numbers = numbers_of(block)
        scope = self._open(name, type(block).__name__, numbers, formulas_of(block), inputs)
        words = tuple(value for value in vars(block).values() if not isinstance(value, int))
        key = (type(block), numbers, words, tuple(value.type for value in inputs))
        known = self._known.get(key)
        if known is None and lasts(block):
            known = self._of_other_graphs(key)
        if known is not None:
            output = Value(self._made.place(known, scope.name, inputs), known.output_type)
        else:
            output, known = self._expand_anew(key, scope, block, inputs)
        self._known[key] = self._latest = known
        if self._met:
            self._met[-1].kinds.update(known.kinds)
            self._met[-1].parts.update(known.parts)
        return self._close(scope, Value(output.name, seen_from_outside(output.type, block)))

    def _expand_anew(
        self, key: Hashable, scope: Scope, block: Block, inputs: tuple[Value, ...]
    ) -> tuple[Value, Expansion]:
        kind: Any = type(block)
        met = Met(key not in self._counted, {kind: None})
        self._met.append(met)
        self.expansions += met.fresh
        before = self._made.mark()
        inside = {name: Sym(value, Var(name)) for name, value in scope.params}
        bound: Any = replace(block, **inside)
        # what enters is written in the terms of the block around this one, so it is plain here
        plain = [Value(value.name, without_formulas(value.type)) for value in inputs]
        # by way of the class: a block that a spec defines may have a parameter called `expand`
        try:
            foreign = is_foreign(kind)
            output = expanded(bound, self, plain) if foreign else kind.expand(bound, self, *plain)
        except ShapeError as error:
            raise self.fault("", error) from None
        self._met.pop()
        self._counted.add(key)
        met.parts[key] = met.operations
        made = relative(
            scope.name, inputs, output, *self._made.since(before), met if lasts(block) else None
        )
        if lasts(block):
            keep(key, made)
        return output, made

    def _of_other_graphs(self, key: Hashable) -> Expansion | None:
        """What another graph kept, its parts noted as of this one; not where that fails."""
        known = kept(key)
        if known is None or any(
            self._named.get(kind.__name__, kind) is not kind for kind in known.kinds
        ):
            return None
        made = self._made
        if flood(len(made.nodes) + len(known.nodes), len(made.scopes) + len(known.scopes)):
            return None
        for kind in known.kinds:
            self._named.setdefault(kind.__name__, kind)
            self._kinds.setdefault(kind, described(kind))
        for part, operations in known.parts.items():
            if part not in self._counted:
                self._counted.add(part)
                self.expansions += 1
                self.operations += operations
        return known

    def _meet(self, name: str, block: Block) -> None:
        """Notes the class of a block. Raises ExpansionError for one that cannot be emitted."""
        kind = type(block)
        if kind in self._kinds:
            return
        try:
            require_block(block, self._named.setdefault(kind.__name__, kind))
        except ShapeError as error:
            raise self.fault(name, error) from None
        self._kinds[kind] = described(kind)

    def repeat(self, name: str, first: Block, rest: Block, count: int, x: Value) -> Value:
        """`first` and then `count - 1` times `rest`, in a Sequential. With count 0, `x` itself."""
        if count < 1:
            return self.skip(name, count, x)
        return self._sequential(name, Sequential(first, lambda _: rest, count), x)

    def _sequential(self, name: str, row: Sequential, x: Value) -> Value:
        """A Sequential whose later blocks are known only once the type that they get is."""
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
            before, x = x, self.block(str(index), block, x)
            if self._latest and same(before.type, x.type):
                # so are the blocks that follow, which need not be asked for
                x = self._again(self._latest, range(index + 1, row.count), x)
                break
        return self._close(scope, x)

    def _again(self, known: Expansion, numbers: range, x: Value) -> Value:
        """Blocks like the last of the row that is open, each reading the one before."""
        last = self._made.scopes[self.path(str(numbers.start - 1))]
        paths = [self.path(str(number)) for number in numbers]
        return Value(self._made.repeat(known, last, paths), x.type)

    def skip(self, name: str, when: int, x: Value) -> Value:
        """`x`, where the block that is open has something else while `when` is positive."""
        formula = formula_of(when)
        if isinstance(formula, Const):
            return x
        path = self.path(name)
        before, inside = "", path[: -len(name)]
        skipped, order = self._made.skipped, self._made.order
        if skipped and skipped[-1][1] == len(order):
            before = skipped[-1][0].name
        if not before.startswith(inside) and order:
            before = order[-1].name
        after = before[len(inside) :].partition(".")[0] if before.startswith(inside) else ""
        self._made.skip(Skipped(path, x.name, formula, after))
        return x

    def node(self, name: str) -> Node:
        """The node of that name. Raises KeyError for an input."""
        return self._made.nodes[name]

    def type_of(self, name: str) -> TensorType:
        """The type of a node or input."""
        inputs = (value.type for value in self._inputs if value.name == name)
        nodes = self._made.nodes
        return nodes[name].type if name in nodes else next(inputs)

    def inside(self) -> Iterator[Item]:
        """What the block that is open has of its own so far."""
        path = self._stack[-1].name
        items: tuple[Item, ...] = (*self._made.nodes.values(), *self._made.scopes.values())
        return (item for item in items if item.name.rpartition(".")[0] == path)

    def graph(
        self,
        name: str,
        taps: tuple[tuple[str, str], ...],
        outputs: tuple[tuple[str, str], ...] = (),
    ) -> Graph:
        """The graph collected so far; `taps` and `outputs` pair names with those of values."""
        inputs, scopes = tuple(self._inputs), tuple(self._made.scopes.values())
        nodes, kinds = tuple(self._made.nodes.values()), tuple(self._kinds.values())
        skipped = tuple(skip for skip, _ in self._made.skipped)
        return Graph(name, inputs, scopes, nodes, taps, outputs, kinds, skipped)

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
        scope = Scope(path, kind, params, formulas, tuple(value.name for value in inputs), "")
        self._made.open(scope)
        self._stack.append(scope)
        return scope

    def _close(self, scope: Scope, output: Value) -> Value:
        assert self._stack.pop() is scope
        self._made.close(scope, output.name)
        return output
