"""Name places: which keys and values of a spec name a stage, a layer, a block or a node of one."""

from __future__ import annotations

from typing import Literal, NamedTuple

from fishcompile.reader.tree import Path
from fishcompile.schema.file import residual_kinds
from fishcompile.schema.kinds import built_in
from fishcompile.schema.plugins import is_plugin

PARTS = ("stem", "bridge", "classifier")  # stages whose names are the language's, not the author's


class Kind(NamedTuple):
    """What a name is of; a stage may be a node of the graph as well.

    `within` is the block that a `node` is in, or the node of the graph that a `layer` is in, where
    it is not the stem: names in one are nothing to another.
    """

    word: Literal["stage", "layer", "block", "node"]
    within: str = ""


STAGE, LAYER, BLOCK = Kind("stage"), Kind("layer"), Kind("block")


def named_by_key(path: Path) -> Kind | None:
    """What the key at `path` names."""
    match path:
        case ("stem" | "bridge" | "classifier",) | ("tail" | "body" | "head" | "graph", _):
            return STAGE
        case ("stem", _):
            return LAYER
        case ("graph", str(node), "layers", _):
            return Kind("layer", node)
        case ("blocks", _):
            return BLOCK
        case ("blocks", str(block), "graph", _):
            return Kind("node", block)
    return None


def bounded_by_key(path: Path) -> bool:
    """Whether the key at `path` is a stage that the budget bounds: it names one, and opens none."""
    match path:
        case ("budget", "stages", _) | ("budget", "batch", "stages", _):
            return True
    return False


def named_by_value(path: Path) -> Kind | None:
    """What the text at `path` names."""
    match path:
        case ("stem", _, "after"):
            return LAYER
        case ("graph", str(node), "layers", _, "after"):
            return Kind("layer", node)
        case ("blocks", str(block), "output" | "inputs") | ("blocks", str(block), "inputs", int()):
            return Kind("node", block)
        case ("blocks", str(block), "graph", _, "from" | "to" | "after"):
            return Kind("node", block)
        case ("blocks", str(block), "graph", _, "from", int()):
            return Kind("node", block)
        case ("blocks", _, "after") | ("blocks", _, "graph", _, "kind" | "block"):
            return BLOCK
        case ("graph", _, "kind" | "block") | (*_, "block", "kind"):
            return BLOCK
        case (
            ("taps" | "outputs", _)
            | ("recompute", int())
            | ("bridge" | "classifier", "from")
            | ("classifiers" | "dense" | "graph" | "tail" | "body" | "head" | "defaults", _, "from")
            | ("graph", _, "to")
            | ("graph", _, "from", int())
            | ("graph" | "tail" | "body" | "head", _, "after")
            | ("graph" | "tail" | "body" | "head" | "defaults", _, "transfer", "from")
        ):
            return STAGE
    return None


def declared_by_value(path: Path) -> bool:
    """Whether the text at `path` opens what it names, as an input of a block does."""
    return len(path) == 4 and (path[0], path[2]) == ("blocks", "inputs")


def is_built_in(kind: str) -> bool:
    """Whether a kind is of the language or of a plug-in, and no block of a spec."""
    return kind in built_in() or kind in residual_kinds() or is_plugin(kind)
