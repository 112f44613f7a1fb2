"""Builder: what blocks expand into; infers each node's type as it is added.

A block is a frozen dataclass whose integer fields are its parameters and whose `expand` calls
the builder. Inside `expand` the fields are `Sym`s, so that every number derived from them keeps
its formula: the same code gives the shapes, the costs and the text of the emitted class.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields, replace
from functools import cache
from itertools import islice
from typing import Any

from fishcompile.formula import Const, Formula, Sym, Var, formula_of, variables
from fishcompile.ir.graph import SEQUENTIAL, Graph, Node, Scope, Value
from fishcompile.ir.template import Template, cut, lay
from fishcompile.ops.base import Op, ShapeError
from fishcompile.tensor import TensorType


@dataclass(frozen=True)
class Block(ABC):
    """A composite: it expands into ops and other blocks, and is nothing else."""

    @abstractmethod
    def expand(self, b: Builder, x: Value) -> Value:
        """Adds the block's nodes to the builder and returns its output."""


class ExpansionError(Exception):
    """An op inside a block does not fit.

    `fields` are the parameters of the outermost block that the fault leads back to, `operands`
    the types that the op was given.
    """

    def __init__(
        self,
        cause: ShapeError,
        node: str,
        fields: tuple[str, ...],
        operands: tuple[TensorType, ...] = (),
    ) -> None:
        super().__init__(f"{node}: {cause.message}")
        self.cause = cause
        self.node = node
        self.fields = fields
        self.operands = operands


class Builder:
    """Collects nodes and scopes; one builder makes one graph."""

    def __init__(self) -> None:
        """An empty graph."""
        self._inputs: list[Value] = []
        self._nodes: dict[str, Node] = {}
        self._scopes: dict[str, Scope] = {}
        self._stack: list[Scope] = []
        self._templates: dict[Any, Template] = {}

    def input(self, name: str, type: TensorType) -> Value:  # noqa: A002
        """A new input of the graph."""
        self._inputs.append(Value(name, type))
        return self._inputs[-1]

    def op(self, name: str, op: Op, *inputs: Value) -> Value:
        """Adds a node. Raises ExpansionError where the inputs do not fit."""
        path = self._path(name)
        formulas = _formulas(op)
        types = tuple(value.type for value in inputs)
        try:
            type_ = op.infer(*types)
        except ShapeError as error:
            raise ExpansionError(error, path, self._blame(error.field, formulas), types) from None
        # a formula speaks of the block it is in; a type is read by other blocks, so it is plain
        plain = TensorType(tuple(int(side) for side in type_.shape))
        names = tuple(value.name for value in inputs)
        self._nodes[path] = Node(path, _plain(op), names, plain, formulas)
        return Value(path, plain)

    def block(self, name: str, block: Block, *inputs: Value) -> Value:
        """Expands a block in a scope of its own."""
        numbers = _numbers(block)
        scope = self._open(name, type(block).__name__, numbers, _formulas(block), inputs)
        words = tuple(value for value in vars(block).values() if not isinstance(value, int))
        key = (type(block), numbers, words, tuple(value.type for value in inputs))
        known = self._templates.get(key)
        if known is not None:
            nodes, scopes = lay(known, scope.name, inputs)
            self._nodes.update((node.name, node) for node in nodes)
            self._scopes.update((inner.name, inner) for inner in scopes)
            return self._close(scope, Value(_output(known, scope.name, inputs), known.type))
        nodes_before, scopes_before = len(self._nodes), len(self._scopes)
        inside = {name: Sym(value, Var(name)) for name, value in numbers}
        bound: Any = replace(block, **inside)
        output: Value = bound.expand(self, *inputs)
        nodes = list(islice(self._nodes.values(), nodes_before, None))
        scopes = list(islice(self._scopes.values(), scopes_before, None))
        self._templates[key] = cut(scope.name, inputs, output, nodes, scopes)
        return self._close(scope, output)

    def repeat(self, name: str, first: Block, rest: Block, count: int, x: Value) -> Value:
        """`first` and then `count - 1` times `rest`, in a Sequential. With count 0, `x` itself."""
        if count < 1:
            return x
        formula = formula_of(count)
        formulas = () if isinstance(formula, Const) else (("count", formula),)
        scope = self._open(name, SEQUENTIAL, (("count", int(count)),), formulas, (x,))
        for index in range(count):
            x = self.block(str(index), first if index == 0 else rest, x)
        return self._close(scope, x)

    def node(self, name: str) -> Node:
        """The node of that name. Raises KeyError for an input."""
        return self._nodes[name]

    def type_of(self, name: str) -> TensorType:
        """The type of a node or input."""
        inputs = (value.type for value in self._inputs if value.name == name)
        return self._nodes[name].type if name in self._nodes else next(inputs)

    def graph(self, name: str, outputs: tuple[tuple[str, str], ...]) -> Graph:
        """The graph collected so far."""
        inputs, scopes = tuple(self._inputs), tuple(self._scopes.values())
        return Graph(name, inputs, scopes, tuple(self._nodes.values()), outputs)

    def _path(self, name: str) -> str:
        return f"{self._stack[-1].name}.{name}" if self._stack else name

    def _open(
        self,
        name: str,
        kind: str,
        params: tuple[tuple[str, int], ...],
        formulas: tuple[tuple[str, Formula], ...],
        inputs: tuple[Value, ...],
    ) -> Scope:
        path = self._path(name)
        assert path not in self._scopes, f"two scopes at {path}"
        scope = Scope(path, kind, params, formulas, tuple(value.name for value in inputs), "")
        self._scopes[path] = scope
        self._stack.append(scope)
        return scope

    def _close(self, scope: Scope, output: Value) -> Value:
        assert self._stack.pop() is scope
        self._scopes[scope.name] = replace(scope, output=output.name)
        return output

    def _blame(
        self, field: str | None, formulas: tuple[tuple[str, Formula], ...]
    ) -> tuple[str, ...]:
        """The outermost block's parameters that an op's field leads back to."""
        blamed = _reads((field,), formulas)
        for scope in reversed(self._stack[1:]):
            if scope.kind != SEQUENTIAL:
                blamed = _reads(blamed, scope.formulas)
        return blamed


def _output(template: Template, path: str, inputs: tuple[Value, ...]) -> str:
    name = template.output
    return inputs[int(name[1:])].name if name.startswith("#") else path + name


def _reads(
    names: tuple[str | None, ...], formulas: tuple[tuple[str, Formula], ...]
) -> tuple[str, ...]:
    known = dict(formulas)
    read = (variables(known[name]) for name in names if name in known)
    return tuple(dict.fromkeys(variable for group in read for variable in group))


@cache
def _fields(holder: type[Op | Block]) -> tuple[tuple[str, bool], ...]:
    return tuple((f.name, f.type == "bool") for f in fields(holder))


def _numbers(holder: Op | Block) -> tuple[tuple[str, int], ...]:
    pairs = ((name, flag, getattr(holder, name)) for name, flag in _fields(type(holder)))
    return tuple(
        (name, bool(value) if flag else int(value))
        for name, flag, value in pairs
        if isinstance(value, int)
    )


def _formulas(holder: Op | Block) -> tuple[tuple[str, Formula], ...]:
    return tuple(
        (name, value.formula)
        for name, value in vars(holder).items()
        if isinstance(value, Sym) and not isinstance(value.formula, Const)
    )


def _plain(op: Op) -> Op:
    numbers: dict[str, Any] = dict(_numbers(op))
    return replace(op, **numbers)
