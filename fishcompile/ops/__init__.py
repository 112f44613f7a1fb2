"""Primitive ops, one file each: parameters, shape, cost, state dict, and how Python says it.

Every module of this folder that defines an `Op` with a `kind` is found by `registry()`; there is
no list to extend. Ops of plug-ins are in it once their package has been imported.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from fishcompile.ops.base import Op


def registry() -> dict[str, type[Op]]:
    """The ops by kind; none takes the place of an earlier one, but where its module is reloaded."""
    _import_all()
    found: dict[str, type[Op]] = {}
    for op in _below(Op):
        if isinstance(getattr(op, "kind", None), str):
            known = found.setdefault(op.kind, op)
            if (known.__module__, known.__qualname__) == (op.__module__, op.__qualname__):
                found[op.kind] = op
    return dict(sorted(found.items()))


def _below(base: type[Op]) -> Iterator[type[Op]]:
    for op in base.__subclasses__():
        yield op
        yield from _below(op)


@cache
def _import_all() -> None:
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
