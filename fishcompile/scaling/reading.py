"""Reading: a base expanded with its chosen widths as numbers that write down what they are asked.

The expansion is that of every check (analysis/shapes.py), so a block or an op is described once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import fields, is_dataclass
from typing import Any

from fishcompile.analysis.shapes import Inference, infer
from fishcompile.expand.composite import Composite
from fishcompile.expand.fish import WRITTEN
from fishcompile.ir.builder import Block, Builder, Sequential
from fishcompile.ir.fault import ExpansionError
from fishcompile.ir.foreign import expanded, inferred, is_foreign
from fishcompile.ir.graph import Node, Scope, Value
from fishcompile.ir.limits import flood, giant
from fishcompile.language.stage_graph import StageGraph
from fishcompile.ops.base import Op, ShapeError
from fishcompile.ops.tensor import TensorType
from fishcompile.scaling.constraints import UnfollowedError
from fishcompile.scaling.number import Asking, Count, Number, Record, keep_equal

OF_SIDES = ("FC303", "FC304")
_LARGE = 2**12  # sides on which any window fits
# Fields of ops that count channels, or follow from them; what else an op has is a plain number.
_WIDE = ("channels", "features", "groups")
_JOINS = {"add": "adds them up", "mul": "multiplies them"}

Unclear = Mapping[tuple[object, str], str]


def read(stages: StageGraph, record: Record, unclear: Unclear) -> Inference:
    """The expansion of a network as far as it goes; what its numbers are asked is in `record`.

    `unclear` are parameters of blocks that may be widths or not. A stage fails with an
    UnfollowedError where a width is no sum of what is chosen.
    """
    return infer(stages, _Follower(record, unclear))


class _Follower(Builder):
    """A builder that keeps no graph. What it has expanded once with the same numbers it knows."""

    def __init__(self, record: Record, unclear: Unclear) -> None:
        super().__init__()
        self._record, self._unclear = record, unclear
        self._seen: dict[object, TensorType] = {}
        self._types: dict[str, TensorType] = {}
        self._uses = 0  # of blocks, known or not
        self._composites: list[tuple[str, Composite]] = []  # those that are open, with their paths

    def op(self, name: str, op: Op, *inputs: Value) -> Value:
        """The type that an op gives; what it asks is noted."""
        self.operations += 1
        types = tuple(value.type for value in inputs)
        self._use(name, op)
        with self._asking(name, op):
            type_ = _inferred(op, types)
        with self._asking(name):
            if kept := op.kept(*types):
                keep_equal(*kept)
        if fault := giant(type_):
            raise fault
        path = self.path(name)
        self._nodes[path] = Node(path, op, tuple(value.name for value in inputs), type_)
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
        self._refuse_unclear(block)
        self.expansions += 1
        kind: Any = type(block)
        depth = len(self._stack), len(self._composites)
        self._stack.append(Scope(path, kind.__name__, (), (), (), ""))
        self._composites += [(path, block)] if isinstance(block, Composite) else []
        try:
            with self._asking(""):
                if is_foreign(kind):
                    output = expanded(block, self, inputs)
                else:
                    output = kind.expand(block, self, *inputs)
        finally:
            del self._stack[depth[0] :], self._composites[depth[1] :]
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
                self._record.found.growing |= set(row.count.width.parts)
        return y

    @contextmanager
    def _asking(self, name: str, op: Op | None = None) -> Iterator[None]:
        """The op `name` asks numbers, or the block that is open."""
        before, stage, is_own = self._record.asking, self.top, False
        if self._composites:
            path, _ = self._composites[-1]
            below = f"{self._stack[-1].name}.{name}"[len(path) + 1 :].partition(".")[0]
            stage, is_own = f"{path}.{below}" if below else path, not below
        if op is not None:
            why = _JOINS.get(op.kind, "has groups of it")
            whole = op.kind == "channel_sum"
            asking = Asking(stage, "for {} groups", why, is_whole=whole)
        else:
            why = "depends on it" if is_own else "keeps its width"
            asking = Asking(stage, "for groups of {} channels", why, is_whole=is_own)
        self._record.asking = asking
        try:
            yield
        finally:
            self._record.asking = before

    def _use(self, name: str, op: Op) -> None:
        """Notes the chosen widths that an op has. Raises UnfollowedError for other numbers."""
        for each in fields(op):
            value = getattr(op, each.name)
            if not isinstance(value, Number) or value.record is not self._record:
                continue
            if value.width is None or not each.name.endswith(_WIDE):
                raise UnfollowedError(self._said(name, each.name, value))
            self._record.use(value.width)

    def _said(self, name: str, key: str, value: Number) -> str:
        """What is wrong with a number of an op, in the words of the spec where it has some."""
        key = WRITTEN.get(key, (key,))[-1]
        reason = value.reason or "is a number that follows from a width"
        if not self._composites:
            return f"`{key}` {reason}"
        path, block = self._composites[-1]
        node = self.path(name)[len(path) + 1 :].partition(".")[0]
        return f"`{key}` of `{type(block)._definition.name}.{node}` {reason}"

    def _refuse_unclear(self, block: Block) -> None:
        kind = type(block)._definition.name if isinstance(block, Composite) else ""
        for name in vars(block):
            if text := self._unclear.get((kind, name)):
                raise UnfollowedError(f"either factor of `{text}` in `{kind}` may be the width")


def _inferred(op: Op, types: tuple[TensorType, ...]) -> TensorType:
    """The type that an op gives; where only sides do not fit, on sides that do.

    A variant may change the sides, and the check finds what still does not fit.
    """
    try:
        return inferred(op, types)
    except ShapeError as error:
        if error.rule not in OF_SIDES:
            raise
        sides = [(_LARGE,) * len(each.sides) for each in types]
        large = [TensorType((x.channels, *s)) for x, s in zip(types, sides, strict=True)]
        for operands in (large, large[:1]):
            with suppress(ShapeError):
                return inferred(op, tuple(operands))
        raise


def _key(value: Any) -> object:
    """What numbers a thing is made of, to look it up by."""
    if isinstance(value, Number):
        return value.key
    if isinstance(value, tuple | list):
        return tuple(map(_key, value))
    if is_dataclass(value) and not isinstance(value, type):
        return type(value), *(_key(getattr(value, f.name)) for f in fields(value) if f.compare)
    return value
