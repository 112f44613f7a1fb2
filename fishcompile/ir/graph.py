"""Graph: primitive nodes in order, and the scopes that say which block each came from.

Names are dotted paths, `body2.refine.0.conv1.bn`, and become module paths and state-dict keys.
Operand order lives in `Node.inputs`. The numbers of a node are plain; beside them stand the
formulas over the enclosing block's parameters that they came from.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from fishcompile.ops.base import Op
from fishcompile.ops.formula import Formula
from fishcompile.ops.tensor import TensorType
from fishcompile.record import record

SEQUENTIAL = "Sequential"


class Value(NamedTuple):
    """A tensor: the name of the node (or input) that makes it, and its type."""

    name: str
    type: TensorType


class Node(NamedTuple):
    """One primitive op. `formulas` pair an op's field with where its number came from."""

    name: str
    op: Op
    inputs: tuple[str, ...]
    type: TensorType
    formulas: tuple[tuple[str, Formula], ...] = ()

    @property
    def data(self) -> tuple[str, ...]:
        """The inputs whose values the op reads; up-sampling reads no more than a skip's size."""
        return self.inputs[: self.op.reads]

    @property
    def scope(self) -> str:
        """The path of the scope that the node stands in; empty at the top."""
        return self.name.rpartition(".")[0]

    @property
    def local(self) -> str:
        """The name within its scope."""
        return self.name.rpartition(".")[2]


class Scope(NamedTuple):
    """One instance of a block, or a Sequential of blocks whose only parameter is its `count`.

    `formulas` pair a parameter with where its number came from, over the parameters of the
    nearest enclosing block.
    """

    name: str
    kind: str
    params: tuple[tuple[str, int], ...]
    formulas: tuple[tuple[str, Formula], ...]
    inputs: tuple[str, ...]
    output: str

    @property
    def parent(self) -> str:
        """The path of the enclosing scope; empty at the top."""
        return self.name.rpartition(".")[0]

    @property
    def local(self) -> str:
        """The name within its parent."""
        return self.name.rpartition(".")[2]


Item = Node | Scope


class Skipped(NamedTuple):
    """What an instance of a block leaves out, since `when` is not positive in it.

    What reads it in other instances reads `source` in this one. `when` is over the parameters of
    the block; `after` is the local name of what stands before it there, empty for the first.
    """

    name: str
    source: str
    when: Formula
    after: str

    @property
    def scope(self) -> str:
        """The path of the scope that it would stand in."""
        return self.name.rpartition(".")[0]

    @property
    def local(self) -> str:
        """The name within its scope."""
        return self.name.rpartition(".")[2]


class Parameter(NamedTuple):
    """A parameter of a block: its name, its annotation, and its default (None: it has none)."""

    name: str
    annotation: str
    default: int | None


@dataclass(frozen=True, slots=True)
class Kind:
    """What the instances of a block share: its docstring, arguments and parameters."""

    name: str
    doc: str
    arguments: tuple[str, ...]
    parameters: tuple[Parameter, ...]


@record
class Graph:
    """A network: inputs, scopes and nodes in the order they were made.

    `taps` and `outputs` name values: features on the way, and what the network is asked for.
    `kinds` say what the blocks of the scopes are, in the order in which they are first met, and
    `skipped` what their instances leave out. The `title` is what it is published as, if it is.
    `recompute` says what training computes again: `preact`, `stages`, or names of items at the top.
    """

    name: str
    inputs: tuple[Value, ...]
    scopes: tuple[Scope, ...]
    nodes: tuple[Node, ...]
    taps: tuple[tuple[str, str], ...]
    outputs: tuple[tuple[str, str], ...] = ()
    kinds: tuple[Kind, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    title: str = ""
    recompute: str | tuple[str, ...] = ()

    @cached_property
    def types(self) -> dict[str, TensorType]:
        """The type of every value by name."""
        known = {value.name: value.type for value in self.inputs}
        known.update((node.name, node.type) for node in self.nodes)
        return known

    @cached_property
    def node(self) -> dict[str, Node]:
        """The nodes by name."""
        return {node.name: node for node in self.nodes}

    @cached_property
    def children(self) -> dict[str, tuple[Item, ...]]:
        """The scopes and nodes directly inside each scope, in order; the top is ''."""
        inside: dict[str, dict[str, Item]] = {"": {}, **{scope.name: {} for scope in self.scopes}}
        scopes = {scope.name: scope for scope in self.scopes}
        for node in self.nodes:
            item: Item = node
            while True:
                parent = item.scope if isinstance(item, Node) else item.parent
                if item.name in inside[parent]:
                    break
                inside[parent][item.name] = item
                if not parent:
                    break
                item = scopes[parent]
        return {name: tuple(items.values()) for name, items in inside.items()}

    @cached_property
    def laid_out(self) -> dict[str, tuple[Item | Skipped, ...]]:
        """The children of each scope with what it leaves out in its place."""
        layout: dict[str, list[Item | Skipped]] = {
            p: [*items] for p, items in self.children.items()
        }
        for skip in self.skipped:
            items = layout[skip.scope]
            locals_ = [item.local for item in items]
            items.insert(locals_.index(skip.after) + 1 if skip.after in locals_ else 0, skip)
        return {path: tuple(items) for path, items in layout.items()}

    @cached_property
    def kind(self) -> dict[str, Kind]:
        """The kinds of block by name."""
        return {kind.name: kind for kind in self.kinds}

    def state(self) -> dict[str, tuple[tuple[int, ...], bool]]:
        """Every state-dict key with its shape and whether it is trained, in module order."""
        return {
            f"{node.name}.{entry.name}": (entry.shape, entry.trained)
            for node in self.nodes
            for entry in node.op.state()
        }
