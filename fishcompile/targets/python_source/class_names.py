"""Names of an emitted file's classes: the network's by its spec, a block's by its kind."""

from __future__ import annotations

import keyword
from collections.abc import Container
from itertools import count

from fishcompile.blocks import registry
from fishcompile.diagnostics.names import camel

# What an emitted file names by itself, besides its classes.
_TAKEN = {"F", "TAPS", "Tensor"}


def class_name(name: str) -> str:
    """The network's class: fishnet99 is FishNet99 as its authors write it, my_net is MyNet.

    A spec named as a block is (bridge, stage2), or as Python (none), gets BridgeNet.
    """
    made = camel(name).replace("Fishnet", "FishNet")
    return f"{made}Net" if _is_taken(made) or made.rstrip("0123456789") in registry() else made


def block_class(kind: str, network: str, used: Container[str]) -> str:
    """The class of a block, numbered from the second of its kind on.

    A block that a spec calls as the network is, or as Python or the file call something else, is
    a UnitBlock.
    """
    made = f"{kind}Block" if _is_taken(kind) or kind == network else kind
    numbered = (f"{made}{number}" for number in count(2))
    return made if made not in used else next(name for name in numbered if name not in used)


def _is_taken(name: str) -> bool:
    return name in _TAKEN or keyword.iskeyword(name)
