"""The nodes of a graph as typed values: what each is, what it reads, and blocks defined in a spec.

The stages of a fish become such nodes too; see fish.py.
"""

from __future__ import annotations

from typing import Any

from fishcompile.language.spec import (
    UNASSERTED,
    BlocksSpec,
    BridgeSpec,
    ClassifierSpec,
    DenseSpec,
    ExpectSpec,
    LayerSpec,
    StageSpec,
)
from fishcompile.reader.tree import Path, Plain
from fishcompile.record import record


@record
class NodeSpec:
    """A node of any other kind: an op, a block of `blocks:`, or one of a plug-in.

    `values` are what is written for it by its kind's own keys.
    """

    path: Path
    kind: str
    values: tuple[tuple[str, Any], ...] = ()
    repeat: int = 1
    expect: ExpectSpec = UNASSERTED


Config = (
    tuple[LayerSpec, ...]
    | LayerSpec
    | StageSpec
    | BridgeSpec
    | ClassifierSpec
    | DenseSpec
    | BlocksSpec
    | NodeSpec
)


@record
class Edge:
    """A stage's operand: the stage that makes it, and where the spec says so (None: implied)."""

    source: str
    path: Path | None


@record
class StageNode:
    """One stage, or one node of the graph form.

    `inputs` are the trunk and, where the stage merges, the skip; or a node's operands in order.
    """

    name: str
    config: Config
    path: Path
    inputs: tuple[Edge, ...]


@record
class InnerNode:
    """A node of a composite block. Its `keys` hold formulas, so they become values at each use.

    `when` leaves the node out where it is not positive; what reads it then reads its first input.
    """

    name: str
    path: Path
    keys: tuple[tuple[str, Plain], ...]
    inputs: tuple[Edge, ...] = ()
    when: str | int | None = None


@record
class Definition:
    """A composite block of `blocks:`: its parameters, and its nodes in the order of the data."""

    name: str
    path: Path
    inputs: tuple[str, ...]
    parameters: tuple[tuple[str, int | None], ...]
    nodes: tuple[InnerNode, ...]
    output: str
    doc: str = ""
