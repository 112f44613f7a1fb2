"""Reading: a base expanded with its chosen widths as numbers that write down what they are asked.

The expansion is that of every check (analysis/shapes.py), so a block or an op is described once.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from fishcompile.analysis.shapes import Inference, infer
from fishcompile.expand.fish import WRITTEN
from fishcompile.ir.builder import Block, Builder, Sequential
from fishcompile.ir.fault import ExpansionError
from fishcompile.ir.foreign import expanded, inferred, is_foreign
from fishcompile.ir.graph import Node, Scope, Value
from fishcompile.ir.limits import flood, giant
from fishcompile.language.stage_graph import StageGraph
from fishcompile.ops.base import Op, ShapeError
from fishcompile.ops.tensor import TensorType
from fishcompile.scaling.constraints import Constraints, UnfollowedError
from fishcompile.scaling.number import Count, Number, as_sum

OF_SIDES = ("FC303", "FC304")
_LARGE = 2**12  # sides on which any window fits
# Fields of ops that count channels, or follow from them; what else an op has is a plain number.
_WIDE = ("channels", "features", "groups")


def read(stages: StageGraph, record: Constraints) -> Inference:
    """The expansion of a network as far as it goes; what its numbers are asked is in `record`.

    A stage fails with an UnfollowedError where a width is no sum of what is chosen.
    """
    return infer(stages, _Follower(record))


class _Follower(Builder):
    """A builder that keeps no graph. What it has expanded once with the same numbers it knows."""

    def __init__(self, record: Constraints) -> None:
        super().__init__()
        self._record = record
        self._seen: dict[object, TensorType] = {}
        self._types: dict[str, TensorType] = {}
        self._uses = 0  # of blocks, known or not

    def op(self, name: str, op: Op, *inputs: Value) -> Value:
        """The type that an op gives; what it asks is noted."""
        self.operations += 1
        self._record.stage = self.top
        types = tuple(value.type for value in inputs)
        self._use(name, op)
        type_ = _inferred(op, types)
        one, other = op.kept(*types) or (0, 0)
        if int(one) == int(other):
            self._record.ask_equal(as_sum(one), as_sum(other), is_hard=False)
        if fault := giant(type_):
            raise fault
        path = self.path(name)
        self._made.add(Node(path, op, tuple(value.name for value in inputs), type_))
        return self._value(path, type_)

    def block(self, name: str, block: Block, *inputs: Value) -> Value:
        """What leaves a block."""
        path = self.path(name)
        self._uses += 1
        if fault := flood(0, self._uses):
            raise fault
        key = _key((type(block), block, [value.type for value in inputs]))
        if self._stack and key in self._seen:
            return self._value(path, self._seen[key])
        self.expansions += 1
        self._record.stage = self.top
        kind: Any = type(block)
        depth = len(self._stack)
        self._stack.append(Scope(path, kind.__name__, (), (), (), ""))
        try:
            if is_foreign(kind):
                output = expanded(block, self, inputs)
            else:
                output = kind.expand(block, self, *inputs)
        finally:
            del self._stack[depth:]
        self._seen[key] = output.type
        return output

    def type_of(self, name: str) -> TensorType:
        """The type of a value."""
        return self._types[name] if name in self._types else super().type_of(name)

    def _value(self, path: str, type_: TensorType) -> Value:
        self._types[path] = type_
        return Value(path, type_)

    def _sequential(self, name: str, row: Sequential, x: Value) -> Value:
        """As ever; where a block more would give another width, or other sides, it is noted."""
        y = super()._sequential(name, row, x)
        if isinstance(row.count, Count) and row.count.width:
            known, self._record.is_muted = dict(self._seen), True
            try:
                grows = _key(self.block(f"{name}+", row.rest(y.type), y).type) != _key(y.type)
            except (ShapeError, ExpansionError):
                grows = True
            self._seen, self._record.is_muted = known, False
            if grows:
                self._record.growing |= set(row.count.width.parts)
        return y

    def _use(self, name: str, op: Op) -> None:
        """Notes the chosen widths that an op has. Raises UnfollowedError for other numbers."""
        for each in fields(op):
            value = getattr(op, each.name)
            if not isinstance(value, Number) or isinstance(value, Count):
                continue
            if value.width is None or not each.name.endswith(_WIDE):
                key = WRITTEN.get(each.name, (each.name,))[-1]
                reason = value.reason or "is a number that follows from a width"
                raise UnfollowedError(f"`{key}` of `{self.path(name)}` {reason}")
            self._record.use(value.width)


def _inferred(op: Op, types: tuple[TensorType, ...]) -> TensorType:
    """The type that an op gives; where only sides do not fit, on sides that do.

    A variant may change the sides, and the check finds what still does not fit.
    """
    try:
        return inferred(op, types)
    except ShapeError as error:
        if error.rule not in OF_SIDES:
            raise
        large = tuple(TensorType((x.channels, *[_LARGE] * len(x.sides))) for x in types)
        return inferred(op, large[: op.reads])


def _key(value: Any) -> object:
    """What numbers a thing is made of, to look it up by."""
    if isinstance(value, Number):
        return value.key
    if isinstance(value, tuple | list):
        return tuple(map(_key, value))
    if is_dataclass(value) and not isinstance(value, type):
        return type(value), *(_key(getattr(value, f.name)) for f in fields(value) if f.compare)
    return value
