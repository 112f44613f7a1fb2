"""Primitive ops, one file each: parameters, shape, cost, state dict, and how Python says it.

Every module of this folder that defines an `Op` with a `kind` is found by `registry()`; there is
no list to extend.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from fishcompile.ops.base import Op


@cache
def registry() -> dict[str, type[Op]]:
    """The ops by kind."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    return {op.kind: op for op in sorted(Op.__subclasses__(), key=lambda op: op.kind)}
