"""NodeKind: what a kind of node is to authors, and the op or block that a node of it becomes.

An op that is a kind of node says so as `KIND` in its file, which is called as the kind is. A
plug-in is the same, offered by another package.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

from fishcompile.ops.keys import REQUIRED, Key
from fishcompile.record import record

if TYPE_CHECKING:
    from fishcompile.ops.tensor import TensorType


_LEAST = {"several": 2, "to": 1}


@record
class NodeKind:
    """A kind of node that Python code says.

    `make` takes the `TensorType` of each input and, by name, every key: as it is written, or its
    default. It gives the `Op` or the `Block` that the node is, or raises `ShapeError` for inputs
    that do not fit. A class in its place takes the keys alone.

    `inputs` is how many nodes a node of this kind reads: a number, `several` for a list of two or
    more, or `to` for one, and perhaps a second whose sides are taken.
    """

    make: Callable[..., object]
    description: str
    keys: Mapping[str, Key] = field(default_factory=dict)
    inputs: int | Literal["several", "to"] = 1

    @property
    def reads(self) -> int:
        """How many nodes a node of this kind reads at the least."""
        return self.inputs if isinstance(self.inputs, int) else _LEAST[self.inputs]

    @property
    def required(self) -> list[str]:
        """The keys that have to be written."""
        return [name for name, key in self.keys.items() if key.default is REQUIRED]

    def made(self, inputs: tuple[TensorType, ...], written: Mapping[str, Any]) -> Any:
        """What a node is that reads `inputs` and writes these keys."""
        given = {**{name: key.default for name, key in self.keys.items()}, **written}
        values = {
            name: None if value is None else self.keys[name].convert(value)
            for name, value in given.items()
        }
        return self.make(*(() if isinstance(self.make, type) else inputs), **values)


@cache
def node_kind(name: str) -> NodeKind:
    """The built-in kind of that name, which is one op. Imports that op's file and no other."""
    kind: NodeKind = import_module(f"fishcompile.ops.{name}").KIND
    return kind
