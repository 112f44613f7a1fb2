"""Foreign blocks: what a block or an op of another package has to keep, checked as it is used.

Blocks of fishcompile are held by tests. Those of a plug-in are held here, so that what they do
wrong is an error that names them, and never reaches an emitted file.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import fields
from math import isfinite
from typing import TYPE_CHECKING, Any, get_args

from fishcompile.diagnostics.names import check_name, shown
from fishcompile.ir.fault import ExpansionError
from fishcompile.ir.graph import Value
from fishcompile.ops import registry
from fishcompile.ops.base import Op, Saved, ShapeError
from fishcompile.ops.keys import is_word
from fishcompile.ops.tensor import TensorType
from fishcompile.schema.plugins import said

if TYPE_CHECKING:
    from fishcompile.ir.block import Block
    from fishcompile.ir.builder import Builder

RULE = "FC207"
_PARTS = (
    ast.Expression, ast.Call, ast.keyword, ast.Name, ast.Attribute, ast.Constant, ast.Load,
    ast.Tuple, ast.List, ast.Subscript, ast.Slice, ast.UnaryOp, ast.USub,
    ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv,
)  # fmt: skip
_CLASS = re.compile(r"[A-Z][A-Za-z0-9]{0,63}")
_CALL = re.compile(r"(?:torch|F|nn)(?:\.[A-Za-z][A-Za-z0-9_]*)+", re.ASCII)
_DOC = re.compile(r"[ !#-\[\]-~]{1,90}")


def is_foreign(kind: type[Block | Op]) -> bool:
    """Whether a class is another package's."""
    return not kind.__module__.startswith("fishcompile.")


def breach(kind: type[Block | Op], what: str) -> ShapeError:
    """The error that a class does not keep what it has to."""
    named = f"`{kind.__name__}` of {shown(kind.__module__)[1:-1]}"
    return ShapeError(RULE, f"{named} breaks the contract of a plug-in: {what}", "kind")


def require_block(block: Block, other: type[Block]) -> None:
    """Raises ShapeError unless a block may stand in an emitted file.

    `other` is the class that had the name of the block's first, perhaps its own.
    """
    kind = type(block)
    if other is not kind:
        taken = kind if is_foreign(kind) else other
        raise breach(taken, "another block has its name; give it one of its own")
    if not is_foreign(kind):
        return
    if not _CLASS.fullmatch(kind.__name__):
        raise breach(kind, "its name is not one of a class, such as `GhostModule`")
    if not _DOC.fullmatch((kind.__doc__ or "").partition("\n")[0]):
        raise breach(kind, "its docstring does not begin with a line of plain text")
    for field in fields(kind):
        value = getattr(block, field.name)
        reason = check_name(field.name)
        if reason:
            raise breach(kind, f"its field {shown(field.name)} {reason}")
        if not _hashable(value):
            raise breach(kind, f"its field `{field.name}` is neither a number nor constant")


def expanded(block: Block, b: Builder, inputs: Sequence[Value]) -> Value:
    """What a foreign block's `expand` gives. Raises ShapeError for what it should not do."""
    kind: Any = type(block)
    try:
        # by way of the class, as for every block
        output = kind.expand(block, b, *inputs)
    except (ExpansionError, ShapeError):
        raise
    except Exception as error:
        raise breach(kind, f"`expand` raised {said(error)}") from None
    if not isinstance(output, Value):
        raise breach(kind, f"`expand` gave {type(output).__name__}, not what the builder gives")
    for item in b.inside():
        reason = check_name(item.local)
        if reason:
            raise breach(kind, f"the name {shown(item.local)} of a part of it {reason}")
    return output


def inferred(op: Op, types: tuple[TensorType, ...]) -> TensorType:
    """The type that an op gives. Raises ShapeError, of a foreign op for any breach as well."""
    return _sound(op, types) if is_foreign(type(op)) else op.infer(*types)


def _sound(op: Op, types: tuple[TensorType, ...]) -> TensorType:
    """The type that a foreign op gives; the rest that it is asked for later is tried at once."""
    kind = type(op)
    try:
        _require_op(op)
        made = op.infer(*types)
        op.state()
        op.output_stride(*(1 for _ in types))
        unsaid = calls_in(op, len(types)) - kind.called()
        if isinstance(made, TensorType):
            op.macs(types, made)
            _require_costs(op, types, made)
    except ShapeError:
        raise
    except Exception as error:
        raise breach(kind, f"it raised {said(error)}") from None
    if unsaid:
        raise breach(kind, f"its text has {shown(min(unsaid))}, which its `calls` do not name")
    shape = getattr(made, "shape", ())
    if not isinstance(made, TensorType) or len(shape) not in (1, 3) or min(shape) < 1:
        raise breach(kind, "`infer` gave no TensorType of a map or a vector")
    return made


def _require_costs(op: Op, types: tuple[TensorType, ...], made: TensorType) -> None:
    """Raises ShapeError unless what an op says of memory and windows can be counted with."""
    numbers = [op.stored(types, made), op.written(types, made)]
    numbers += [extra.elements for extra in op.extras(types, made)]
    reached = op.span(0, 1)
    numbers += [0] if reached is None else [reached[1] - reached[0]]
    if not all(isinstance(number, int) and number >= 0 for number in numbers):
        raise breach(type(op), "what it stores, writes or reads is no whole number from 0")
    if not {*op.saved()} <= {*get_args(Saved)} or op.views not in ("never", "evaluation", "always"):
        raise breach(type(op), "its `saves` or `views` are no words of an op")


def _require_op(op: Op) -> None:
    """Raises ShapeError unless an op is called, calls and has what can be emitted."""
    kind = type(op)
    name = getattr(kind, "kind", None)
    if not isinstance(name, str) or not name.isidentifier() or not name.isascii():
        raise breach(kind, "it has no `kind` that is a name")
    if registry().get(name) is not kind:
        raise breach(kind, f"another op is called `{name}` too, or it is no direct subclass of Op")
    for call in kind.called():
        if not _CALL.fullmatch(call):
            raise breach(kind, f"its `calls` name {shown(call)}, which is not of torch, F or nn")
    for field in fields(op):
        if not _printable(getattr(op, field.name)):
            raise breach(kind, f"its field `{field.name}` is no number, word or tuple of numbers")


def calls_in(op: Op, operands: int) -> set[str]:
    """What the text of an op calls, and what else no text of an op may have."""
    values = {field.name: getattr(op, field.name) for field in fields(op)}
    texts = {name: "1" if isinstance(value, int) else str(value) for name, value in values.items()}
    text = type(op).expression(texts, operands)
    said_ = [text.format(*(f"x{index}" for index in range(operands)), self="self.module")]
    said_ += [op.first_values.format("module")] if op.first_values else []
    nodes = [node for text in said_ for node in ast.walk(ast.parse(text, mode="eval"))]
    found = {ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call)}
    found |= {type(node).__name__ for node in nodes if not isinstance(node, _PARTS)}
    return found - {"self.module"}


def _printable(value: object) -> bool:
    """Whether a field of an op can be emitted, and printed as IR and read again."""
    if isinstance(value, tuple):
        return all(type(n) is not bool and isinstance(n, int) for n in value)
    return isinstance(value, int) or is_word(value) or (type(value) is float and isfinite(value))


def _hashable(value: object) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True
