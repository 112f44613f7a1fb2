"""Names of an emitted file's classes: the network's by its title, a block's by what it holds."""

from __future__ import annotations

import keyword
import re
from collections.abc import Container, Mapping
from itertools import combinations, count

from fishcompile.blocks import registry
from fishcompile.diagnostics.names import camel
from fishcompile.ir.graph import Graph, Node, Scope
from fishcompile.targets.python_source.traits import traits

# What an emitted file names by itself, besides its classes.
_TAKEN = {"F", "Tensor"}
_FAMILY = "ResNet"  # of blocks that activate after the sum


def class_name(name: str, title: str = "") -> str:
    """The network's class: fishnet99 is FishNet99 as its authors write it, my_net is MyNet.

    A title gives its own capitals: SE-ResNet-50 is SEResNet50. A spec named as a block is (bridge,
    stage2), or as Python (none), gets BridgeNet.
    """
    made = _run_together(title) if title else camel(name).replace("Fishnet", "FishNet")
    return f"{made}Net" if _is_taken(made) or made.rstrip("0123456789") in registry() else made


def _run_together(title: str) -> str:
    """The words of a title in one, two numbers parted: ResNeXt-50 32x4d is ResNeXt50_32x4d."""
    made = ""
    for word in re.split(r"[^A-Za-z0-9]+", title):
        made += "_" * (made[-1:].isdigit() and word[:1].isdigit()) + word[:1].upper() + word[1:]
    return made


def block_classes(graph: Graph, first: Mapping[int, Scope]) -> dict[int, str]:
    """The names of the classes whose first instances these are, in the file's order.

    Where two classes of a block differ in what its words choose, each has in its name how it is
    unlike the usual one. What is left is numbered from the second on.
    """
    network = class_name(graph.name, graph.title)
    plain = _short({index: _plain(graph, scope, network) for index, scope in first.items()})
    alike: dict[str, list[int]] = {}
    for index, name in plain.items():
        alike.setdefault(name, []).append(index)
    names: dict[int, str] = {}
    for name, indices in alike.items():
        own = len(indices) > 1 and first[indices[0]].kind in registry()
        prefixes = _prefixes([traits(graph, first[i]) for i in indices]) if own else [""]
        for index, prefix in zip(indices, prefixes * len(indices), strict=False):
            taken = {network, *names.values(), *(set(plain.values()) - {name})}
            names[index] = _unused(prefix + name, taken)
    return names


def _plain(graph: Graph, scope: Scope, network: str) -> str:
    """The name without regard to other classes of the block.

    A block that a spec calls as the network is, or as Python or the file call something else, is
    a UnitBlock.
    """
    block = registry().get(scope.kind)
    nodes = [item for item in graph.children[scope.name] if isinstance(item, Node)]
    kind = block.named(nodes) if block else scope.kind
    return f"{kind}Block" if _is_taken(kind) or kind == network else kind


def _short(names: dict[int, str]) -> dict[int, str]:
    """The names without the family that every residual block of the file is of."""
    short = {index: name.replace(_FAMILY, "") for index, name in names.items()}
    return short if len(set(short.values())) == len(set(names.values())) else names


def _prefixes(found: list[tuple[str, ...]]) -> list[str]:
    """What tells the traits of several classes apart: as few of them as do."""
    columns = range(len(found[0]))
    for size in range(1, len(columns) + 1):
        for chosen in combinations(columns, size):
            prefixes = ["".join(values[column] for column in chosen) for values in found]
            if len(set(prefixes)) == len(prefixes):
                return prefixes
    return ["".join(values) for values in found]


def _unused(name: str, taken: Container[str]) -> str:
    numbered = (f"{name}{number}" for number in count(2))
    return name if name not in taken else next(each for each in numbered if each not in taken)


def _is_taken(name: str) -> bool:
    return name in _TAKEN or keyword.iskeyword(name)
