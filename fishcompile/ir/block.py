"""Block: a composite, which expands into ops and other blocks; a Sequential of them; and either.

A block is a frozen dataclass whose integer fields are its parameters and whose `expand` calls the
builder.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields
from inspect import signature
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from fishcompile.ir.graph import Item, Kind, Node, Parameter, Value
from fishcompile.ops.base import Op
from fishcompile.ops.tensor import TensorType
from fishcompile.record import record

if TYPE_CHECKING:
    from fishcompile.ir.builder import Builder


@record
class Block(ABC):
    """A composite: it expands into ops and other blocks, and is nothing else.

    `derived` are formulas of parameters that follow from others wherever nothing else is asked for.
    """

    derived: ClassVar[Mapping[str, str]] = MappingProxyType({})

    @abstractmethod
    def expand(self, b: Builder, x: Value) -> Value:
        """Adds the block's nodes to the builder and returns its output."""

    def lasts(self) -> bool:
        """Whether equal blocks expand alike in every spec, so that one expansion serves all."""
        return True

    @classmethod
    def arguments(cls) -> tuple[str, ...]:
        """The names of what `expand` takes besides the builder, which `forward` takes too."""
        return tuple(signature(cls.expand).parameters)[2:]

    @classmethod
    def kind(cls) -> Kind:
        """What the instances share, read off the class: docstring, arguments, parameters."""
        parameters = tuple(
            Parameter(f.name, type_, None if f.default is MISSING else int(f.default))
            for f in fields(cls)
            if (type_ := getattr(f.type, "__name__", f.type)) in ("int", "bool")
        )
        doc = (cls.__doc__ or "").partition("\n")[0]
        return Kind(cls.__name__, doc, cls.arguments(), parameters)

    @classmethod
    def named(cls, nodes: Sequence[Node]) -> str:  # noqa: ARG003
        """What the emitted class is called, given the nodes directly inside it."""
        return cls.__name__

    @classmethod
    def about(cls, inside: Sequence[Item]) -> str:  # noqa: ARG003
        """What the emitted class says it is, given the nodes and scopes directly inside it."""
        return (cls.__doc__ or "").split("\n")[0]


@record
class Sequential:
    """`count` blocks one after the other; `rest` gives each later one from the type it gets."""

    first: Block
    rest: Callable[[TensorType], Block]
    count: int


Part = Op | Block | Sequential
